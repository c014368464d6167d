// Written by generate.ts from the contract: not to be changed by hand.

/** Who is signed in. */
export interface AccountView {
  id: string;
  name: string;
  email: string;
  role: Role;
  organizationId: string;
  branches: BranchRef[];
}

/** The fourteen that EU Regulation 1169/2011 (annex II) has a kitchen declare. */
export type Allergen = "celery" | "crustaceans" | "eggs" | "fish" | "gluten" | "lupin" | "milk" | "molluscs" | "mustard" | "nuts" | "peanuts" | "sesame" | "soy" | "sulphites";

export interface Availability {
  isAvailable: boolean;
}

/** A branch to be opened. What is left out has the default of a small restaurant in Lima. */
export interface BranchDraft {
  id?: string | null;
  name: string;
  currency?: string;
  /** basis points: 1800 is 18 % */
  taxRate?: number;
  pricesIncludeTax?: boolean;
  autoConfirm?: boolean;
  timeZone?: string;
  /** minutes after midnight */
  dayStartsAt?: number;
  stations?: string[];
}

/** Settings to change. What is absent (or null) stays. */
export interface BranchPatch {
  name?: string | null;
  currency?: string | null;
  taxRate?: number | null;
  pricesIncludeTax?: boolean | null;
  autoConfirm?: boolean | null;
  timeZone?: string | null;
  dayStartsAt?: number | null;
  stations?: string[] | null;
}

/** A branch by its name. */
export interface BranchRef {
  id: string;
  name: string;
}

export interface BranchView {
  id: string;
  rev: number;
  name: string;
  currency: string;
  taxRate: number;
  pricesIncludeTax: boolean;
  autoConfirm: boolean;
  timeZone: string;
  dayStartsAt: number;
  stations: string[];
  spaces: SpaceView[];
}

export interface Cancellation {
  reason?: string | null;
}

export interface CategoryDraft {
  id?: string | null;
  branchId?: string | null;
  name: string;
  position?: number | null;
}

/** What to change of a category; what is absent (or null) stays. */
export interface CategoryPatch {
  name?: string | null;
  position?: number | null;
}

export interface CategoryView {
  id: string;
  name: string;
  items: ItemView[];
}

/** The answer to the web. `expires_at`: when the access token ends. */
export interface CookieSignedIn {
  accessToken: string;
  expiresAt: number;
  user: AccountView;
}

/** `cookie`: the web keeps the refresh token in an HttpOnly cookie, and no body carries it. */
export interface Credentials {
  email: string;
  password: string;
  cookie?: boolean;
}

/** `force` lets a manager end a visit that is not paid. */
export interface Ending {
  force?: boolean;
}

/** A group to be added, with its modifiers in order. */
export interface GroupDraft {
  id?: string | null;
  branchId?: string | null;
  name: string;
  min?: number;
  max?: number;
  modifiers: ModifierDraft[];
}

/** What to change of a group; what is absent (or null) stays. `modifiers` is the whole new list. */
export interface GroupPatch {
  name?: string | null;
  min?: number | null;
  max?: number | null;
  modifiers?: ModifierDraft[] | null;
}

/** What guests may know of a branch. */
export interface GuestBranchView {
  id: string;
  rev: number;
  name: string;
  currency: string;
  pricesIncludeTax: boolean;
  taxRate: number;
  timeZone: string;
}

export interface GuestCategoryView {
  id: string;
  name: string;
  items: GuestItemView[];
}

/** What guests may know of an item: all but where it is cooked. */
export interface GuestItemView {
  id: string;
  rev: number;
  name: string;
  description: string;
  price: number;
  isAvailable: boolean;
  allergens: string[];
  tags: string[];
  imageUrl: string | null;
  prepMinutes: number;
  modifierGroups: ModifierGroupView[];
}

/** A line as the party sees it. `notes` only where a guest wrote them. */
export interface GuestLineView {
  id: string;
  menuItemId: string;
  name: string;
  unitPrice: number;
  quantity: number;
  modifiers: LineModifier[];
  notes: string | null;
  allergens: string[];
  status: LineStatus;
  round: number;
  guestName: string | null;
  seenAt: number | null;
}

export interface GuestMenuView {
  version: number;
  categories: GuestCategoryView[];
}

/** An order that a guest sends from his table. */
export interface GuestOrderDraft {
  id?: string | null;
  notes?: string | null;
  items: LineDraft[];
}

/** An order as its party sees it. `notes` only where a guest wrote them. */
export interface GuestOrderView {
  id: string;
  rev: number;
  orderNumber: string;
  branchId: string;
  tableId: string | null;
  tableNumber: string | null;
  sessionId: string | null;
  type: OrderType;
  status: OrderStatus;
  customerName: string | null;
  notes: string | null;
  items: GuestLineView[];
  subtotal: number;
  tax: number;
  total: number;
  paid: number;
  balance: number;
  seenAt: number | null;
  createdAt: number;
  statusChangedAt: number;
}

/** A visit as its guests see it: of the phones, those that are not out. */
export interface GuestSessionView {
  id: string;
  rev: number;
  tableId: string;
  tableNumber: string;
  status: SessionStatus;
  guests: GuestView[];
  startedAt: number;
  mergedInto: string | null;
}

/** A visit as one of its guests may see it; who waits sees himself and no orders. */
export interface GuestSnapshot {
  stream: OverviewPosition;
  branch: GuestBranchView;
  table: GuestTableView;
  session: GuestSessionView;
  orders: GuestOrderView[];
  cart: [];
  requests: [];
  menuVersion: number;
}

export type GuestStatus = "waiting" | "in" | "out";

/** What guests may know of a table. */
export interface GuestTableView {
  id: string;
  rev: number;
  number: string;
  status: TableStatus;
}

export interface GuestView {
  id: string;
  name: string;
  status: GuestStatus;
}

export interface HTTPValidationError {
  detail: ValidationError[];
}

/** An item to be added to a category. It is available until somebody says otherwise. */
export interface ItemDraft {
  id?: string | null;
  branchId?: string | null;
  categoryId: string;
  position?: number | null;
  name: string;
  description?: string;
  /** minor units */
  price: number;
  station: string;
  allergens?: Allergen[];
  tags?: string[];
  imageUrl?: string | null;
  prepMinutes?: number;
  modifierGroupIds?: string[];
}

/** What to change of an item; what is absent stays, and so does what is null but `imageUrl`. */
export interface ItemPatch {
  categoryId?: string | null;
  position?: number | null;
  name?: string | null;
  description?: string | null;
  price?: number | null;
  station?: string | null;
  allergens?: Allergen[] | null;
  tags?: string[] | null;
  imageUrl?: string | null;
  prepMinutes?: number | null;
  modifierGroupIds?: string[] | null;
}

export interface ItemView {
  id: string;
  rev: number;
  name: string;
  description: string;
  price: number;
  isAvailable: boolean;
  station: string;
  allergens: string[];
  tags: string[];
  imageUrl: string | null;
  prepMinutes: number;
  modifierGroups: ModifierGroupView[];
}

export interface JoinDraft {
  name: string;
}

/** The answer to who joined: `token` is the phone's own until the visit ends. */
export interface Joined {
  token: string;
  guest: GuestView;
  session: GuestSessionView;
}

/** A dish to be ordered. Its price is the menu's, never the caller's. */
export interface LineDraft {
  menuItemId: string;
  quantity: number;
  notes?: string | null;
  modifierIds?: string[];
}

export interface LineModifier {
  name: string;
  price: number;
}

export type LineStatus = "pending" | "preparing" | "ready" | "served" | "cancelled";

/** A command to one line. `from` is the state that the caller saw; a step back needs it. */
export interface LineStatusChange {
  status: LineStatus;
  from?: LineStatus | null;
  reason?: string | null;
}

/** A line costs `quantity * (unitPrice + Σ modifiers)`; cancelled ones cost nothing. */
export interface LineView {
  id: string;
  menuItemId: string;
  name: string;
  unitPrice: number;
  quantity: number;
  modifiers: LineModifier[];
  notes: string | null;
  allergens: string[];
  station: string;
  status: LineStatus;
  round: number;
  guestName: string | null;
  seenAt: number | null;
}

/**
 * The whole menu. Availability does not raise its `version`: who reads a snapshot anew reads the
 * menu anew too, and between the two `menu:availability` keeps it right.
 */
export interface MenuView {
  version: number;
  categories: CategoryView[];
}

/** A modifier of a group. With the id of one that stands there it is that one, changed. */
export interface ModifierDraft {
  id?: string | null;
  name: string;
  /** minor units */
  price?: number;
}

/** A group has no `rev` of its own: it is as new as the menu, or the item, that shows it. */
export interface ModifierGroupView {
  id: string;
  name: string;
  min: number;
  max: number;
  modifiers: ModifierView[];
}

export interface ModifierView {
  id: string;
  name: string;
  price: number;
  isAvailable: boolean;
}

/**
 * An order that staff take.
 *
 * `sessionId` puts it on that visit's bill, at the visit's table. `tableId` is for dine_in: the visit
 * at that table, begun by this order if there is none. With neither, it stands for itself.
 */
export interface OrderDraft {
  id?: string | null;
  branchId?: string | null;
  type: OrderType;
  tableId?: string | null;
  sessionId?: string | null;
  customerName?: string | null;
  notes?: string | null;
  priority?: boolean;
  items: LineDraft[];
}

export type OrderStatus = "pending" | "confirmed" | "preparing" | "ready" | "served" | "completed" | "cancelled";

export type OrderType = "dine_in" | "takeout" | "delivery";

/** An order. `subtotal + tax == total` and `balance == total - paid`, in minor units. */
export interface OrderView {
  id: string;
  rev: number;
  orderNumber: string;
  branchId: string;
  tableId: string | null;
  tableNumber: string | null;
  sessionId: string | null;
  type: OrderType;
  status: OrderStatus;
  customerName: string | null;
  notes: string | null;
  priority: boolean;
  items: LineView[];
  subtotal: number;
  tax: number;
  total: number;
  paid: number;
  balance: number;
  seenAt: number | null;
  unseenAt: number | null;
  takenBy: Runner | null;
  createdAt: number;
  statusChangedAt: number;
}

export interface PageBranchView {
  items: BranchView[];
  nextCursor: string | null;
}

export interface PageModifierGroupView {
  items: ModifierGroupView[];
  nextCursor: string | null;
}

export interface PageOrderView {
  items: OrderView[];
  nextCursor: string | null;
}

export interface PageSessionView {
  items: SessionView[];
  nextCursor: string | null;
}

export interface PageSpaceView {
  items: SpaceView[];
  nextCursor: string | null;
}

export interface PageStaffView {
  items: StaffView[];
  nextCursor: string | null;
}

export interface PageTableView {
  items: TableView[];
  nextCursor: string | null;
}

/** `current_password` is needed for one's own account, and for nobody else's. */
export interface PasswordDraft {
  password: string;
  currentPassword?: string | null;
}

/** Where a table stands in its space and how large it is, in cm from the room's upper left corner. */
export interface PositionInput {
  /** cm */
  x?: number;
  /** cm */
  y?: number;
  /** cm */
  width?: number;
  /** cm */
  height?: number;
  /** degrees, clockwise */
  rotation?: number;
  shape?: "square" | "round";
}

/** A new organization with its first branch, and the account in charge of it. */
export interface Registration {
  organizationName?: string | null;
  branchName: string;
  name: string;
  email: string;
  password: string;
  currency?: string | null;
  taxRate?: number | null;
  pricesIncludeTax?: boolean | null;
  timeZone?: string | null;
  cookie?: boolean;
}

export interface Rejection {
  reason?: string | null;
}

/** A program sends its refresh token; the web sends nothing, its cookie goes along by itself. */
export interface Renewal {
  refreshToken?: string | null;
}

export type Role = "org_admin" | "branch_manager" | "cashier" | "waiter" | "kitchen";

/** Further lines for an order. */
export interface RoundDraft {
  items: LineDraft[];
}

/** The member of staff who brings an order to its table. */
export interface Runner {
  id: string;
  name: string;
}

/** A party to be seated by staff. `branchId` may be left out: the table says it. */
export interface SeatDraft {
  id?: string | null;
  branchId?: string | null;
  tableId: string;
}

export type SessionStatus = "pending" | "active" | "rejected" | "completed";

/** A visit. `startedAt` is when the party was seated; while it is pending, when it asked to be. */
export interface SessionView {
  id: string;
  rev: number;
  tableId: string;
  tableNumber: string;
  status: SessionStatus;
  guests: GuestView[];
  startedAt: number;
  mergedInto: string | null;
}

/** The answer to a program. */
export interface SignedIn {
  accessToken: string;
  expiresAt: number;
  user: AccountView;
  refreshToken: string;
}

/**
 * A branch as its staff's screens hold it.
 *
 * Tables that are not archived; visits pending or active; orders that are neither completed nor
 * cancelled, or whose balance is not 0.
 */
export interface Snapshot {
  stream: OverviewPosition;
  branch: BranchView;
  tables: TableView[];
  sessions: SessionView[];
  orders: OrderView[];
  requests: [];
  screens: [];
  till: null;
  menuVersion: number;
}

/** A space to be added; `position` is its place among the branch's spaces. */
export interface SpaceDraft {
  id?: string | null;
  branchId?: string | null;
  name: string;
  position?: number | null;
}

/** What to change of a space; what is absent (or null) stays. */
export interface SpacePatch {
  name?: string | null;
  position?: number | null;
}

/** A room or a terrace. It is as new as the branch that shows it: the branch's `rev` counts. */
export interface SpaceView {
  id: string;
  name: string;
}

/**
 * Somebody to be hired. `branch_ids` may be left out by who has one branch, and for an org_admin,
 * who has all of them.
 */
export interface StaffDraft {
  id?: string | null;
  name: string;
  email: string;
  password: string;
  role: Role;
  branchIds?: string[] | null;
}

/** What is absent (or null) stays. `active: false` dismisses. */
export interface StaffPatch {
  name?: string | null;
  email?: string | null;
  role?: Role | null;
  branchIds?: string[] | null;
  active?: boolean | null;
}

export interface StaffView {
  id: string;
  rev: number;
  name: string;
  email: string;
  role: Role;
  branches: BranchRef[];
  active: boolean;
  createdAt: number;
}

/**
 * A command to an order. `from` is the state that the caller saw; a step back needs it.
 *
 * `force` lets a manager complete an order without a visit that is not paid.
 */
export interface StatusChange {
  status: OrderStatus;
  from?: OrderStatus | null;
  reason?: string | null;
  force?: boolean;
}

/** The state a table shall be in, and the one its sender saw it in. */
export interface StatusCommand {
  status: TableStatus;
  from?: TableStatus | null;
}

/** A table to be set up. A branch that is one room needs no space. */
export interface TableDraft {
  id?: string | null;
  branchId?: string | null;
  spaceId?: string | null;
  number: string;
  capacity?: number;
  position?: PositionInput;
}

/** What to change of a table; what is absent stays, and so does what is null but `spaceId`. */
export interface TablePatch {
  spaceId?: string | null;
  number?: string | null;
  capacity?: number | null;
  position?: PositionInput | null;
}

export type TableStatus = "available" | "reserved" | "maintenance" | "occupied";

export interface TableView {
  id: string;
  rev: number;
  number: string;
  code: string;
  spaceId: string | null;
  capacity: number;
  status: TableStatus;
  sessionId: string | null;
  position: TablesPosition;
  archived: boolean;
}

export interface ValidationError {
  loc: (string | number)[];
  msg: string;
  type: string;
  input: unknown;
  ctx: Record<string, unknown>;
}

/** What a phone sees that has scanned a table's code, before it joins. */
export interface Welcome {
  branch: GuestBranchView;
  table: GuestTableView;
  menu: GuestMenuView;
}

/** Where the data stands in the branch's log: events up to `seq` are in it, later ones are not. */
export interface OverviewPosition {
  epoch: string;
  seq: number;
}

/** Where a table stands in its space and how large it is, in cm from the room's upper left corner. */
export interface TablesPosition {
  /** cm */
  x: number;
  /** cm */
  y: number;
  /** cm */
  width: number;
  /** cm */
  height: number;
  /** degrees, clockwise */
  rotation: number;
  shape: "square" | "round";
}

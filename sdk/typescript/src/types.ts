// Written by `make spec` from protocol/: not to be changed by hand.

/** Who is signed in. */
export interface AccountView {
  id: string;
  name: string;
  email: string;
  role: Role;
  organizationId: string;
  branches: BranchRef[];
}

/** Who of the staff did it, under the name of that time. */
export interface Actor {
  id: string;
  name: string;
}

/** The fourteen that EU Regulation 1169/2011 (annex II) has a kitchen declare. */
export type Allergen = "celery" | "crustaceans" | "eggs" | "fish" | "gluten" | "lupin" | "milk" | "molluscs" | "mustard" | "nuts" | "peanuts" | "sesame" | "soy" | "sulphites";

export interface AllocationView {
  orderId: string;
  amount: number;
}

export interface AuditPage {
  items: AuditView[];
  nextCursor: string | null;
}

/**
 * Somebody did something that has to be answered for. `about` is the account, the visit, the order,
 * the payment, the till or the branch; `details` depend on the deed, and may come to say more.
 */
export interface AuditView {
  id: string;
  at: number;
  by: Doer;
  deed: Deed;
  branchId: string | null;
  about: string;
  details: Record<string, unknown>;
}

/**
 * Sign in, or renew the token on the same socket, for the same person.
 *
 * With `resume` the missed events follow `auth:success`, or `resync` does. Rooms are never asked for:
 * they follow from who one is.
 */
export interface Auth {
  type: "auth";
  /** of a member of staff, or of a guest */
  token: string;
  /** by branch: where one's own data stands */
  resume?: Record<string, LogPosition> | null;
  /** those of one's own to hear of, at most 20: without it all, or the first 20 by id; a renewal without it keeps the choice */
  branches?: string[] | null;
  /** shown to the branch's staff as present; a renewal without it keeps it */
  screen?: ScreenName | null;
}

/** The token is wrong. Another may be tried until the deadline, three in all. */
export interface AuthError {
  type: "auth:error";
  message: "Invalid token";
  /** ms since the epoch, by the server process's clock */
  timestamp: number;
}

/** The token ends in a minute: answer with a new `auth`. */
export interface AuthExpiring {
  type: "auth:expiring";
  /** ms */
  expiresAt: number;
}

/** The token is good, and the socket is in these rooms. A screen says Live only from `head` on. */
export interface AuthSuccess {
  type: "auth:success";
  /** the account; for a guest, the visit */
  userId: string;
  /** ms since the epoch, by the server process's clock */
  timestamp: number;
  rooms: string[];
  /** by branch */
  streams: Record<string, StreamStart>;
  /** between two heartbeats */
  heartbeatMs: number;
  /** when the token ends, in ms */
  expiresAt: number;
  /** there are further branches: choose */
  moreBranches?: true | null;
}

export interface Availability {
  isAvailable: boolean;
}

/** The body cannot be read at all: it is not text, or too deep, or not of the type it claims. */
export interface BadRequestProblem {
  type: "about:blank";
  status: 400;
  code: "bad_request";
  title: string;
  /** what happened, for people */
  detail: string;
}

/**
 * What a visit comes to and what of it is paid: its orders, and its payments, voided ones too.
 *
 * The sums are those of the orders, which are never taxed again: `total - paid == balance`, and the
 * `lines` are the total. `tips` are those of payments that count. Money in minor units of `currency`.
 */
export interface Bill {
  session: SessionView;
  currency: string;
  orders: OrderView[];
  lines: BilledLineView[];
  payments: PaymentView[];
  subtotal: number;
  tax: number;
  total: number;
  paid: number;
  balance: number;
  tips: number;
}

/** What a line comes to, tax and all. `paymentId` is the payment that was for it. */
export interface BilledLineView {
  id: string;
  orderId: string;
  amount: number;
  paymentId: string | null;
}

/**
 * A branch to be opened. What is left out has the default of a small restaurant in Lima; with
 * `copyMenuFrom`, the branch whose menu it begins with, prices and stations are as they are there.
 */
export interface BranchDraft {
  id?: string | null;
  name: string;
  currency?: string;
  /** basis points: 1800 is 18 % */
  taxRate?: number;
  pricesIncludeTax?: boolean;
  autoApprove?: boolean;
  autoConfirm?: boolean;
  timeZone?: string;
  /** minutes after midnight */
  dayStartsAt?: number;
  stations?: string[];
  copyMenuFrom?: string | null;
}

export interface BranchPage {
  items: BranchView[];
  nextCursor: string | null;
}

/** Settings to change. What is absent (or null) stays. */
export interface BranchPatch {
  name?: string | null;
  currency?: string | null;
  taxRate?: number | null;
  pricesIncludeTax?: boolean | null;
  autoApprove?: boolean | null;
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

export interface BranchUpdated {
  v: 1;
  id: string;
  type: "branch:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  branch: BranchView;
}

export interface BranchUpdatedForGuests {
  v: 1;
  id: string;
  type: "branch:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  branch: GuestBranchView;
}

export interface BranchView {
  id: string;
  rev: number;
  name: string;
  currency: string;
  taxRate: number;
  pricesIncludeTax: boolean;
  autoApprove: boolean;
  autoConfirm: boolean;
  timeZone: string;
  dayStartsAt: number;
  stations: string[];
  spaces: SpaceView[];
}

/** An order of which a line left the kitchen; `bumpedAt`: when the last one did. */
export interface Bumped {
  bumpedAt: number;
  order: OrderView;
}

export interface BumpedPage {
  items: Bumped[];
  nextCursor: string | null;
}

/** A lock was not had in time, or a deadlock broken. Nothing was changed. */
export interface BusyProblem {
  type: "about:blank";
  status: 503;
  code: "busy";
  title: string;
  /** what happened, for people */
  detail: string;
}

export interface Cancellation {
  reason?: string | null;
}

/** There is nothing in the party's cart, or no longer. Carries the cart as it is. */
export interface CartEmptyProblem {
  type: "about:blank";
  status: 409;
  code: "cart_empty";
  title: string;
  /** what happened, for people */
  detail: string;
  resource: unknown;
}

/** A dish for the cart. It is the whole line: notes or modifiers that are left out are none. */
export interface CartLineDraft {
  menuItemId: string;
  quantity: number;
  notes?: string | null;
  modifierIds?: string[];
}

/** A line costs what the menu says when it is ordered. `guestName` put it there. */
export interface CartLineView {
  id: string;
  menuItemId: string;
  quantity: number;
  modifierIds: string[];
  notes: string | null;
  guestId: string;
  guestName: string;
}

export interface CartUpdated {
  v: 1;
  id: string;
  type: "cart:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  cart: CartView;
}

export interface CartUpdatedForGuests {
  v: 1;
  id: string;
  type: "cart:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  cart: CartView;
}

/** A visit's cart: its id is the visit's. Of the lines, the oldest first. */
export interface CartView {
  id: string;
  rev: number;
  lines: CartLineView[];
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

/** What to say or ring for an `order:updated`; never what to apply. */
export type Change = "status" | "items_added" | "item_status" | "item_cancelled" | "taken" | "seen" | "moved" | "priority" | "paid";

export interface ContentTooLargeProblem {
  type: "about:blank";
  status: 413;
  code: "content_too_large";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** The answer to the web. `expires_at`: when the access token ends. */
export interface CookieSignedIn {
  accessToken: string;
  expiresAt: number;
  user: AccountView;
}

/** What was counted in the till that is being closed. */
export interface Count {
  branchId?: string | null;
  /** minor units */
  counted: number;
}

/** `cookie`: the web keeps the refresh token in an HttpOnly cookie, and no body carries it. */
export interface Credentials {
  email: string;
  password: string;
  cookie?: boolean;
}

/** The database cannot be reached. Whether the command applied is unknown: retry with its key. */
export interface DatabaseAwayProblem {
  type: "about:blank";
  status: 503;
  code: "database_away";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** What was done; `about` is whose or what. */
export type Deed = "signed_in" | "signed_out" | "token_reused" | "password_set" | "hired" | "account_changed" | "branch_opened" | "settings_changed" | "visit_moved" | "visit_merged" | "visit_forced" | "order_forced" | "payment_voided" | "till_closed";

/** The database has no room to write. Nothing was changed. */
export interface DiskFullProblem {
  type: "about:blank";
  status: 507;
  code: "disk_full";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** Somebody of the staff, under the name he had then. */
export interface Doer {
  id: string;
  name: string;
}

/** `force` lets a manager end a visit that is not paid. */
export interface Ending {
  force?: boolean;
}

/**
 * A message that was not understood; the socket stays open.
 *
 * `Invalid JSON`, `Token required`, `Unknown type: X`, or `Invalid auth: …`.
 */
export interface Error {
  type: "error";
  message: string;
}

/** What is wrong with one field of a request; `field` is a path with dots, empty for the whole. */
export interface Flaw {
  field: string;
  reason: string;
}

/** The caller is known and may not do this. `permission` names what is lacking. */
export interface ForbiddenProblem {
  type: "about:blank";
  status: 403;
  code: "forbidden";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** The server is about to close with 4003: come back after this long. */
export interface Goodbye {
  type: "goodbye";
  retryAfterMs: number;
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

export interface GuestAdmitted {
  v: 1;
  id: string;
  type: "guest:admitted";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  guestId: string;
}

export interface GuestAdmittedForGuests {
  v: 1;
  id: string;
  type: "guest:admitted";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  guestId: string;
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
  spaces: SpaceView[];
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

export interface GuestLeft {
  v: 1;
  id: string;
  type: "guest:left";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  guestId: string;
}

export interface GuestLeftForGuests {
  v: 1;
  id: string;
  type: "guest:left";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  guestId: string;
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

/** An order that a guest sends from his table: `items`, or all that is in the party's cart. */
export interface GuestOrderDraft {
  id?: string | null;
  notes?: string | null;
  items?: LineDraft[] | null;
  fromCart?: boolean;
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

/** A payment as its party sees it. */
export interface GuestPaymentView {
  id: string;
  rev: number;
  sessionId: string | null;
  method: Method;
  amount: number;
  tip: number;
  allocations: AllocationView[];
  voidedAt: number | null;
  createdAt: number;
}

/** A call as its party sees it. `acknowledgedBy`: who is on the way. */
export interface GuestRequestView {
  id: string;
  rev: number;
  tableId: string;
  sessionId: string;
  kind: RequestKind;
  status: RequestStatus;
  acknowledgedBy: GuestStaffRef | null;
  createdAt: number;
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

/**
 * A visit as one of its guests may see it; who waits sees himself, no orders or requests, and
 * an empty cart.
 */
export interface GuestSnapshot {
  stream: LogPosition;
  branch: GuestBranchView;
  table: GuestTableView;
  session: GuestSessionView;
  orders: GuestOrderView[];
  cart: CartView;
  requests: GuestRequestView[];
  menuVersion: number;
}

/** A member of staff as guests know him: by his first name. */
export interface GuestStaffRef {
  name: string;
}

export type GuestStatus = "waiting" | "in" | "out";

/** What guests may know of a table. */
export interface GuestTableView {
  id: string;
  rev: number;
  number: string;
  spaceId: string | null;
  status: TableStatus;
}

export interface GuestView {
  id: string;
  name: string;
  status: GuestStatus;
}

export interface GuestWaiting {
  v: 1;
  id: string;
  type: "guest:waiting";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  guestId: string;
}

export interface GuestWaitingForGuests {
  v: 1;
  id: string;
  type: "guest:waiting";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  guestId: string;
}

export interface Health {
  status: "ok";
}

/**
 * All is well, and this fresh. The first comes as soon as all streams are live.
 *
 * `confirmedAt` is when the log was last asked for its end whose answer this socket has been handed
 * in full, the oldest over its streams: what is shown is live while that is less than 10 s ago.
 */
export interface Heartbeat {
  type: "heartbeat";
  /** ms since the epoch, by the server process's clock */
  timestamp: number;
  /** ms since the epoch, by the server process's clock */
  confirmedAt: number;
  /** by branch, its `seq`, where it moved since the last one */
  streams: Record<string, number>;
}

/** `what` cannot go from state `current` to `target`. Carries the resource as it is. */
export interface IllegalTransitionProblem {
  type: "about:blank";
  status: 409;
  code: "illegal_transition";
  title: string;
  /** what happened, for people */
  detail: string;
  current: string;
  target: string;
  resource: unknown;
}

/**
 * An uploaded picture: `url` is for an item's `imageUrl`, and with `-320` behind it the smaller
 * size of it. `width` and `height` in pixels, of the larger.
 */
export interface ImageView {
  url: string;
  width: number;
  height: number;
}

/** Somebody else took it on first: `by` is his name. Carries the resource as it is. */
export interface InOtherHandsProblem {
  type: "about:blank";
  status: 409;
  code: "in_other_hands";
  title: string;
  /** what happened, for people */
  detail: string;
  resource: unknown;
}

/** One field cannot be accepted, for a reason that its shape alone did not tell. */
export interface InvalidProblem {
  type: "about:blank";
  status: 422;
  code: "invalid";
  title: string;
  /** what happened, for people */
  detail: string;
  errors: Flaw[];
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

export interface KeyReusedProblem {
  type: "about:blank";
  status: 422;
  code: "idempotency_key_reused";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** The organization's only active org_admin cannot be dismissed or given another role. */
export interface LastAdminProblem {
  type: "about:blank";
  status: 409;
  code: "last_admin";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** A dish to be ordered. */
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

/** Where the data stands in the branch's log: events up to `seq` are in it, later ones are not. */
export interface LogPosition {
  epoch: string;
  seq: number;
}

export interface MalformedJsonProblem {
  type: "about:blank";
  status: 400;
  code: "malformed_json";
  title: string;
  /** what happened, for people */
  detail: string;
}

export interface MenuAvailability {
  v: 1;
  id: string;
  type: "menu:availability";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  menuItemId: string;
  isAvailable: boolean;
  item: ItemView;
}

export interface MenuAvailabilityForGuests {
  v: 1;
  id: string;
  type: "menu:availability";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  menuItemId: string;
  isAvailable: boolean;
  item: GuestItemView;
}

export interface MenuUpdated {
  v: 1;
  id: string;
  type: "menu:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  menuVersion: number;
}

export interface MenuUpdatedForGuests {
  v: 1;
  id: string;
  type: "menu:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  menuVersion: number;
}

/**
 * The whole menu. Availability does not raise its `version`: who reads a snapshot anew reads the
 * menu anew too, and between the two `menu:availability` keeps it right.
 */
export interface MenuView {
  version: number;
  categories: CategoryView[];
}

/** `into` is the visit that goes on. With `keepTable` it has both tables. */
export interface Merger {
  into: string;
  keepTable?: boolean;
}

export type Method = "cash" | "card" | "other";

/** A modifier of a group. With the id of one that stands there it is that one, changed. */
export interface ModifierDraft {
  id?: string | null;
  name: string;
  /** minor units */
  price?: number;
}

export interface ModifierGroupPage {
  items: ModifierGroupView[];
  nextCursor: string | null;
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
 * How a branch fares. `eventsPerSecond` are those of the last minute, `screens` the named ones that are
 * there, `databaseMs` what reading this took; all of them whichever process answers. `process` is null
 * where that serves no sockets.
 */
export interface Monitor {
  at: number;
  eventsPerSecond: number;
  screens: ScreenView[];
  unseenOrders: OrderView[];
  databaseMs: number;
  process: ProcessView | null;
}

/** `tableId` is where the party sits from now on. */
export interface Move {
  tableId: string;
}

/** A dish or a modifier. */
export interface Named {
  id: string;
  name: string;
}

/** There is no open till to be closed. */
export interface NoTillProblem {
  type: "about:blank";
  status: 409;
  code: "no_till";
  title: string;
  /** what happened, for people */
  detail: string;
}

/**
 * It cannot be taken away while things stand in it: a category's items, a space's tables, what a
 * station cooks.
 */
export interface NotEmptyProblem {
  type: "about:blank";
  status: 409;
  code: "not_empty";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** No such thing, or it is another tenant's: the two look the same on purpose. */
export interface NotFoundProblem {
  type: "about:blank";
  status: 404;
  code: "not_found";
  title: string;
  /** what happened, for people */
  detail: string;
}

/**
 * A payment of what is not owed: more than that, or somebody has paid meanwhile. `balance` is what
 * is owed, in minor units of `currency`; below zero, what is to be given back.
 */
export interface NotOwedProblem {
  type: "about:blank";
  status: 409;
  code: "not_owed";
  title: string;
  /** what happened, for people */
  detail: string;
  balance: number;
  currency: string;
}

/** Lines that were to be paid are paid already, or cancelled. Nothing was taken. */
export interface NotPayableProblem {
  type: "about:blank";
  status: 409;
  code: "not_payable";
  title: string;
  /** what happened, for people */
  detail: string;
  lines: Named[];
}

/** Something is still to be paid. `balance` in minor units of `currency`. */
export interface OpenBalanceProblem {
  type: "about:blank";
  status: 409;
  code: "open_balance";
  title: string;
  /** what happened, for people */
  detail: string;
  balance: number;
  currency: string;
}

export interface OrderCreated {
  v: 1;
  id: string;
  type: "order:created";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  orderId: string;
  orderNumber: string;
  status: OrderStatus;
  total: number;
  order: OrderView;
}

export interface OrderCreatedForGuests {
  v: 1;
  id: string;
  type: "order:created";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  orderId: string;
  orderNumber: string;
  status: OrderStatus;
  total: number;
  order: GuestOrderView;
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

/** The order takes no more lines, being completed or cancelled. Carries the order as it is. */
export interface OrderOverProblem {
  type: "about:blank";
  status: 409;
  code: "order_over";
  title: string;
  /** what happened, for people */
  detail: string;
  current: string;
  resource: unknown;
}

export interface OrderPage {
  items: OrderView[];
  nextCursor: string | null;
}

export type OrderStatus = "pending" | "confirmed" | "preparing" | "ready" | "served" | "completed" | "cancelled";

export type OrderType = "dine_in" | "takeout" | "delivery";

export interface OrderUnseen {
  v: 1;
  id: string;
  type: "order:unseen";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  orderId: string;
  order: OrderView;
}

export interface OrderUpdated {
  v: 1;
  id: string;
  type: "order:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  orderId: string;
  status: OrderStatus;
  order: OrderView;
  change: Change;
}

export interface OrderUpdatedForGuests {
  v: 1;
  id: string;
  type: "order:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  orderId: string;
  status: OrderStatus;
  order: GuestOrderView;
  change: Change;
}

/**
 * An order. `subtotal + tax == total` and `balance == total - paid`, in minor units.
 *
 * `seenAt`: since when the kitchen has seen all that it cooks of it. `unseenAt`: since when it is too
 * late for what the kitchen has not seen; None while it is not.
 */
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
  takenBy: StaffRef | null;
  createdAt: number;
  statusChangedAt: number;
}

/** `current_password` is needed for one's own account, and for nobody else's. */
export interface PasswordDraft {
  password: string;
  currentPassword?: string | null;
}

/**
 * What is over: a visit, or an order that was on no visit's bill. Its `id` is what to ask more of.
 *
 * `tips` are those of payments that count; all money is in minor units of the branch's currency.
 */
export interface PastAccount {
  id: string;
  kind: PastKind;
  tableNumber: string | null;
  customerName: string | null;
  orderNumbers: string[];
  beganAt: number;
  endedAt: number;
  total: number;
  paid: number;
  balance: number;
  tips: number;
}

export interface PastAccountPage {
  items: PastAccount[];
  nextCursor: string | null;
}

export type PastKind = "visit" | "order";

/**
 * Money to be taken, for one order or for all of a visit's; of their balance
 *
 * - `all`, or an `amount`,
 * - what the `lines` of these ids come to, tax and all,
 * - a `share`: what is left, over the shares from this one to the last.
 *
 * `balance` is what the caller saw to be owed: if it is another by now, nothing is taken. A share
 * needs it.
 */
export interface PaymentDraft {
  id?: string | null;
  method: Method;
  /** minor units */
  tip?: number;
  tendered?: number | null;
  branchId?: string | null;
  orderId?: string | null;
  sessionId?: string | null;
  all?: true | null;
  amount?: number | null;
  lines?: string[] | null;
  share?: Share | null;
  balance?: number | null;
}

export interface PaymentPage {
  items: PaymentView[];
  nextCursor: string | null;
}

export interface PaymentRecorded {
  v: 1;
  id: string;
  type: "payment:recorded";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  paymentId: string;
  payment: PaymentView;
  orders: OrderView[];
}

export interface PaymentRecordedForGuests {
  v: 1;
  id: string;
  type: "payment:recorded";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  paymentId: string;
  payment: GuestPaymentView;
  orders: GuestOrderView[];
}

/**
 * A payment. `amount` is the sum of its allocations, of which one below zero moved what an order
 * had got too much; `lines` are those it was for, if it was for some.
 *
 * `tendered` and `change` are of cash: `tendered - amount - tip == change`.
 */
export interface PaymentView {
  id: string;
  rev: number;
  sessionId: string | null;
  method: Method;
  amount: number;
  tip: number;
  tendered: number | null;
  change: number | null;
  allocations: AllocationView[];
  lines: string[];
  share: Share | null;
  by: Actor;
  voidedAt: number | null;
  voidedBy: Actor | null;
  voidReason: string | null;
  createdAt: number;
}

export interface PaymentVoided {
  v: 1;
  id: string;
  type: "payment:voided";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  paymentId: string;
  payment: PaymentView;
  orders: OrderView[];
}

export interface PaymentVoidedForGuests {
  v: 1;
  id: string;
  type: "payment:voided";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  paymentId: string;
  payment: GuestPaymentView;
  orders: GuestOrderView[];
}

/** Ask for a `pong`. Browsers cannot send the protocol's own pings. */
export interface Ping {
  type: "ping";
}

/** The answer to `ping`. */
export interface Pong {
  type: "pong";
  /** ms since the epoch, by the server process's clock */
  timestamp: number;
}

/** Where a table stands in its space and how large it is, in cm from the room's upper left corner. */
export interface Position {
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

/** Where a table stands in its space and how large it is, in cm from the room's upper left corner. */
export interface PositionOutput {
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

/**
 * How the process that answers serves the branch: its open sockets there, `phones` of guests among them,
 * and its rooms with somebody in them. `logLagMs` is the delivery lag: how long ago its log was confirmed
 * (null: nobody hears it here). `redis` is null where there is none; without it all is a little later.
 */
export interface ProcessView {
  connections: number;
  phones: number;
  rooms: number;
  logLagMs: number | null;
  redis: "ok" | "away" | null;
  redisMs: number | null;
}

/**
 * Whether to send this process requests, and why not. `log_lag_ms`: how long ago the least fresh
 * followed log was confirmed; None if none is followed. `redis`: None where there is none; without it
 * all works, a little later.
 */
export interface Readiness {
  database: "ok" | "away";
  log_lag_ms: number | null;
  redis: "ok" | "away" | null;
  draining: boolean;
  status: "ok" | "degraded";
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

export interface RequestAcknowledged {
  v: 1;
  id: string;
  type: "request:acknowledged";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: RequestView;
}

export interface RequestAcknowledgedForGuests {
  v: 1;
  id: string;
  type: "request:acknowledged";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: GuestRequestView;
}

export interface RequestCancelled {
  v: 1;
  id: string;
  type: "request:cancelled";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: RequestView;
}

export interface RequestCancelledForGuests {
  v: 1;
  id: string;
  type: "request:cancelled";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: GuestRequestView;
}

export interface RequestCreated {
  v: 1;
  id: string;
  type: "request:created";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: RequestView;
}

export interface RequestCreatedForGuests {
  v: 1;
  id: string;
  type: "request:created";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: GuestRequestView;
}

/** A call from one's table. */
export interface RequestDraft {
  id?: string | null;
  kind: RequestKind;
}

export type RequestKind = "waiter" | "bill";

export interface RequestMoved {
  v: 1;
  id: string;
  type: "request:moved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: RequestView;
}

export interface RequestMovedForGuests {
  v: 1;
  id: string;
  type: "request:moved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: GuestRequestView;
}

export interface RequestPage {
  items: RequestView[];
  nextCursor: string | null;
}

export interface RequestResolved {
  v: 1;
  id: string;
  type: "request:resolved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: RequestView;
}

export interface RequestResolvedForGuests {
  v: 1;
  id: string;
  type: "request:resolved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  requestId: string;
  tableId: string;
  kind: RequestKind;
  request: GuestRequestView;
}

export type RequestStatus = "pending" | "acknowledged" | "resolved" | "cancelled";

export interface RequestView {
  id: string;
  rev: number;
  tableId: string;
  sessionId: string;
  kind: RequestKind;
  status: RequestStatus;
  acknowledgedBy: StaffRef | null;
  createdAt: number;
}

/**
 * Read the branch's snapshot again, one that is not below `seq`; on 403 or 404 drop its data.
 *
 * `epoch`: the log began anew · `retention`: the missed events are no longer kept · `too_far`: they
 * are too many · `access`: what you may see has changed. Until the snapshot is there, hold the
 * branch's events; then drop those up to its `seq` and apply the rest.
 */
export interface Resync {
  type: "resync";
  branchId: string;
  epoch: string;
  seq: number;
  reason: "epoch" | "retention" | "too_far" | "access";
}

export type Role = "org_admin" | "branch_manager" | "cashier" | "waiter" | "kitchen";

/** Further lines for an order. */
export interface RoundDraft {
  items: LineDraft[];
}

export interface Rush {
  priority: boolean;
}

/** An order with its payment. */
export interface Sale {
  order: OrderView;
  payment: PaymentView;
}

/** An order and the money for it, at once: both happen or neither. */
export interface SaleDraft {
  order: OrderDraft;
  payment: SalePayment;
}

/** Money for an order that is being placed: all of it, unless an `amount` is named. */
export interface SalePayment {
  id?: string | null;
  method: Method;
  /** minor units */
  tip?: number;
  tendered?: number | null;
  amount?: number | null;
}

export type ScreenKind = "kitchen" | "waiter" | "pos" | "monitor";

/**
 * How a staff screen calls itself. `kind`: kitchen, waiter, pos or monitor; `name`: 1 to 80 characters.
 * With anything else it is let in, and not shown.
 */
export interface ScreenName {
  id: string;
  kind: string;
  name: string;
}

export interface ScreenOffline {
  v: 1;
  id: string;
  type: "screen:offline";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  screen: ScreenView;
}

export interface ScreenOnline {
  v: 1;
  id: string;
  type: "screen:online";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  screen: ScreenView;
}

export interface ScreenPage {
  items: ScreenView[];
  nextCursor: string | null;
}

export type ScreenStatus = "online" | "offline";

/** A named screen. `since`: when it came, or went (ms). */
export interface ScreenView {
  id: string;
  rev: number;
  kind: ScreenKind;
  name: string;
  status: ScreenStatus;
  since: number;
}

/** A party to be seated by staff. `branchId` may be left out: the table says it. */
export interface SeatDraft {
  id?: string | null;
  branchId?: string | null;
  tableId: string;
}

/** Those of the reported lines that count as seen; the others are not, or not now, the kitchen's. */
export interface Seen {
  lineIds: string[];
}

export interface SessionApproved {
  v: 1;
  id: string;
  type: "session:approved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  tableId: string;
}

export interface SessionApprovedForGuests {
  v: 1;
  id: string;
  type: "session:approved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  tableId: string;
}

export interface SessionEnded {
  v: 1;
  id: string;
  type: "session:ended";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  tableId: string;
}

export interface SessionEndedForGuests {
  v: 1;
  id: string;
  type: "session:ended";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  tableId: string;
}

export interface SessionMerged {
  v: 1;
  id: string;
  type: "session:merged";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  tableId: string;
  intoTableId: string;
  guests: GuestView[];
}

export interface SessionMergedForGuests {
  v: 1;
  id: string;
  type: "session:merged";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  tableId: string;
}

export interface SessionMoved {
  v: 1;
  id: string;
  type: "session:moved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  tableId: string;
  leftTableId: string;
}

export interface SessionMovedForGuests {
  v: 1;
  id: string;
  type: "session:moved";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  tableId: string;
}

export interface SessionPage {
  items: SessionView[];
  nextCursor: string | null;
}

export interface SessionRejected {
  v: 1;
  id: string;
  type: "session:rejected";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  reason?: string | null;
}

export interface SessionRejectedForGuests {
  v: 1;
  id: string;
  type: "session:rejected";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  reason?: string | null;
}

export interface SessionRequested {
  v: 1;
  id: string;
  type: "session:requested";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  tableId: string;
}

export interface SessionRequestedForGuests {
  v: 1;
  id: string;
  type: "session:requested";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  tableId: string;
}

export type SessionStatus = "pending" | "active" | "rejected" | "completed";

export interface SessionUpdated {
  v: 1;
  id: string;
  type: "session:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: SessionView;
  tableId: string;
}

export interface SessionUpdatedForGuests {
  v: 1;
  id: string;
  type: "session:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  sessionId: string;
  session: GuestSessionView;
  tableId: string;
}

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

/** One of `of` equal shares, counted from 1. */
export interface Share {
  number: number;
  of: number;
}

/** Lines that a kitchen's screen has drawn. */
export interface Sighting {
  lineIds: string[];
}

/** Said in a room by another program, with whatever fields it likes. Not in the log; may be lost. */
export interface Signal {
  signal: true;
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
 * cancelled, or whose balance is not 0; requests pending or acknowledged; named screens that are
 * there; the till that is open.
 */
export interface Snapshot {
  stream: LogPosition;
  branch: BranchView;
  tables: TableView[];
  sessions: SessionView[];
  orders: OrderView[];
  requests: RequestView[];
  screens: ScreenView[];
  till: TillView | null;
  menuVersion: number;
}

/** Dishes or modifiers of the order are sold out. Nothing of it was taken. */
export interface SoldOutProblem {
  type: "about:blank";
  status: 409;
  code: "sold_out";
  title: string;
  /** what happened, for people */
  detail: string;
  items: Named[];
}

/** A space to be added; `position` is its place among the branch's spaces. */
export interface SpaceDraft {
  id?: string | null;
  branchId?: string | null;
  name: string;
  position?: number | null;
}

export interface SpacePage {
  items: SpaceView[];
  nextCursor: string | null;
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

export interface StaffPage {
  items: StaffView[];
  nextCursor: string | null;
}

/** What is absent (or null) stays. `active: false` dismisses. */
export interface StaffPatch {
  name?: string | null;
  email?: string | null;
  role?: Role | null;
  branchIds?: string[] | null;
  active?: boolean | null;
}

/** A member of staff by his name, as it was when he did what this is told of. */
export interface StaffRef {
  id: string;
  name: string;
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

/** The caller's command was made for a state that has passed. Carries the resource as it is. */
export interface StaleProblem {
  type: "about:blank";
  status: 409;
  code: "stale";
  title: string;
  /** what happened, for people */
  detail: string;
  current: string;
  expected: string;
  resource: unknown;
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

/** Where this connection goes on in a branch's log; events in (`seq`, `head`] are replay. */
export interface StreamStart {
  epoch: string;
  seq: number;
  head: number;
}

export interface TableAvailable {
  v: 1;
  id: string;
  type: "table:available";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  tableId: string;
  table: TableView;
}

export interface TableAvailableForGuests {
  v: 1;
  id: string;
  type: "table:available";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  tableId: string;
  table: GuestTableView;
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

export interface TableOccupied {
  v: 1;
  id: string;
  type: "table:occupied";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  tableId: string;
  sessionId: string;
  table: TableView;
}

export interface TableOccupiedForGuests {
  v: 1;
  id: string;
  type: "table:occupied";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  tableId: string;
  sessionId: string;
  table: GuestTableView;
}

export interface TablePage {
  items: TableView[];
  nextCursor: string | null;
}

/** What to change of a table; what is absent stays, and so does what is null but `spaceId`. */
export interface TablePatch {
  spaceId?: string | null;
  number?: string | null;
  capacity?: number | null;
  position?: PositionInput | null;
}

export type TableStatus = "available" | "reserved" | "maintenance" | "occupied";

/** The table cannot take a party now. `current` is its state. */
export interface TableUnavailableProblem {
  type: "about:blank";
  status: 409;
  code: "table_unavailable";
  title: string;
  /** what happened, for people */
  detail: string;
  current: string;
}

export interface TableUpdated {
  v: 1;
  id: string;
  type: "table:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  tableId: string;
  table: TableView;
}

export interface TableUpdatedForGuests {
  v: 1;
  id: string;
  type: "table:updated";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  tableId: string;
  table: GuestTableView;
}

export interface TableView {
  id: string;
  rev: number;
  number: string;
  code: string;
  spaceId: string | null;
  capacity: number;
  status: TableStatus;
  sessionId: string | null;
  position: PositionOutput;
  archived: boolean;
}

/** A value that must be unique is in use: an e-mail, a table's number, a client-made id. */
export interface TakenProblem {
  type: "about:blank";
  status: 409;
  code: "taken";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** Who brings the order to its table: the caller; with `release` nobody yet. */
export interface Taking {
  release?: boolean;
}

export interface TillClosed {
  v: 1;
  id: string;
  type: "till:closed";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  till: TillView;
}

/** A till to be opened with so much cash in it. */
export interface TillDraft {
  id?: string | null;
  branchId?: string | null;
  /** minor units */
  openingFloat: number;
}

/** A branch has one open till at most. Carries the one there is. */
export interface TillIsOpenProblem {
  type: "about:blank";
  status: 409;
  code: "till_open";
  title: string;
  /** what happened, for people */
  detail: string;
  resource: unknown;
}

/**
 * The open till and the cash that should be in it by now; neither if none is open.
 *
 * No event tells of `expected`: every payment in cash changes it.
 */
export interface TillNow {
  till: TillView | null;
  expected: number | null;
}

export interface TillOpened {
  v: 1;
  id: string;
  type: "till:opened";
  branchId: string;
  /** its position in the branch's log */
  seq: number;
  /** when its transaction began, ms since the epoch; `seq` is the order */
  timestamp: number;
  till: TillView;
}

export type TillStatus = "open" | "closed";

/** A till. Once it is closed, `counted - expected == difference`: below zero, cash is missing. */
export interface TillView {
  id: string;
  rev: number;
  branchId: string;
  status: TillStatus;
  openingFloat: number;
  openedAt: number;
  openedBy: Actor;
  expected: number | null;
  counted: number | null;
  difference: number | null;
  closedAt: number | null;
  closedBy: Actor | null;
}

export interface TooManyRequestsProblem {
  type: "about:blank";
  status: 429;
  code: "too_many_requests";
  title: string;
  /** what happened, for people */
  detail: string;
}

/** The caller is not signed in, or no longer. `reason`: missing, invalid, expired, revoked. */
export interface UnauthorizedProblem {
  type: "about:blank";
  status: 401;
  code: "token_missing" | "token_invalid" | "token_expired" | "token_revoked";
  title: string;
  /** what happened, for people */
  detail: string;
}

export interface Voiding {
  reason: string;
}

/** What a phone sees that has scanned a table's code, before it joins. */
export interface Welcome {
  branch: GuestBranchView;
  table: GuestTableView;
  menu: GuestMenuView;
}

export interface WrongPasswordProblem {
  type: "about:blank";
  status: 401;
  code: "wrong_password";
  title: string;
  /** what happened, for people */
  detail: string;
}

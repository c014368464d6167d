"""Every model, imported in one place, so that `metadata` knows every table."""

import restai.auth.audit
import restai.auth.models
import restai.db.installation
import restai.db.outbox
import restai.features.branches.models
import restai.features.cart.models
import restai.features.menu.models
import restai.features.orders.models
import restai.features.payments.models
import restai.features.requests.models
import restai.features.screens.models
import restai.features.sessions.models
import restai.features.tables.models
import restai.http.idempotency  # noqa: F401 - importing is what registers them
from restai.db.types import Base

metadata = Base.metadata

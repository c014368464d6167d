"""Reading across features, in one moment: run these in one snapshot of the database."""

from restai.features.overview.service.auditing import Deeds, audited
from restai.features.overview.service.history import Period, history
from restai.features.overview.service.monitoring import monitor
from restai.features.overview.service.snapshots import bill, guest_snapshot, snapshot

__all__ = ["Deeds", "Period", "audited", "bill", "guest_snapshot", "history", "monitor", "snapshot"]

"""${message}

Revision ${up_revision}${f", after {down_revision}" if down_revision else ": the first"}.
"""

import sqlalchemy as sa
from alembic import op

% if down_revision is None:
from workflows.records import append_only
% endif
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Go to this revision."""
    ${upgrades if upgrades else "pass"}
% if down_revision is None:
    append_only.install(op.get_bind())
% endif


def downgrade() -> None:
    """Go back to the revision before."""
    ${downgrades if downgrades else "pass"}

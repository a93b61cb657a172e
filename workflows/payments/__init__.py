"""The monthly loop: from entitlement to reconciled payment."""

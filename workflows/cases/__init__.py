"""Cases: from intake to decision."""

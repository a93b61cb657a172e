"""年检 and 抽查: a year's campaign, and draws by lot."""

"""Back along the drawing: returns, what they make undone, and steps taken back."""

"""模拟银行: a simulator, not a bank. It moves no money; it answers as a bank would, with returns on demand."""

"""Households a bureau paid before these books: its workbook read, checked and taken over whole."""

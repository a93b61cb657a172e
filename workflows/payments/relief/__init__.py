"""One-off relief: paid directly by the bank within days, recovered when it was got by fraud, published monthly."""

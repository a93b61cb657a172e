"""备用金: the money a township holds for emergencies, in double entry; its balance can't fall below zero."""

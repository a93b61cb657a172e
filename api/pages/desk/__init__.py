"""One's own work: the inbox, a work item's form, taking an application in."""

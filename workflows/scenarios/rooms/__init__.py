"""What scenarios may say of each room of the house: one file a room, found by standing here."""

from importlib import import_module
from pkgutil import iter_modules

for _room in iter_modules(__path__):
    import_module(f"{__name__}.{_room.name}")

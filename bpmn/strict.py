"""The shape all shapes of a process folder are made of."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A shape that refuses words it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

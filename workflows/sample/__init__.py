"""The sample county: 岳阳县 with its real places and invented people; and the fixture county of the scenarios."""

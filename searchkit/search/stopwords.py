"""Words that say nothing of what a text is about; beside other words a query does not ask for them."""

from __future__ import annotations

from functools import cache

_ENGLISH = """
    a about above across after again against all almost along already also although always am among an and another any
    are around as at away back be became because been before being below between both but by can cannot could did do
    does doing done down during each either else enough etc even ever every few for from further had has have having
    he hence her here hers herself him himself his how however i if in indeed into is it its itself just least less
    many may me might mine more most mostly much must my myself neither never nevertheless no nobody none nor not
    nothing now of off often on once one only onto or other others otherwise our ours ourselves out over own per
    perhaps quite rather same seem seems several she should since so some somehow someone something sometimes such
    than that the their theirs them themselves then thence there therefore these they this those though through
    throughout thus to together too toward towards under until up upon us very via was we well were what whatever when
    whenever where whereas wherever whether which while who whole whom whose why will with within without would yet you
    your yours yourself yourselves
"""


@cache
def read_stopwords() -> frozenset[str]:
    """Folded words as written."""
    return frozenset(_ENGLISH.split())

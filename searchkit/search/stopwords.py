"""Words that say nothing of what a text is about; beside other words a query does not ask for them.

Each language has its own; a language without a list here has none. English has more than the others: they hold the
commonest articles, pronouns, prepositions, conjunctions and auxiliary verbs.
"""

from __future__ import annotations

from functools import lru_cache

from searchkit.search.folding import fold
from searchkit.search.stemming import MOST_CODES, settle_language

_WORDS = {
    "en": """
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
""",
    "de": """
    aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein dem den denn der des die
    dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch euer
    für gegen hat hatte hatten hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jeder jedes kann
    können man mein mich mir mit nach nicht noch nun nur ob oder ohne sehr sein seine seinem seinen seiner sich sie
    sind so über um und uns unser unter vom von vor wann war waren warum was weil welche welcher welches wenn wer wie
    wir wird wo wurde zu zum zur zwischen
""",
    "fr": """
    à ai alors as au aussi aux avec avoir c ce ceci cela ces cet cette ceux chez ci comme comment d dans de des donc
    dont du elle elles en entre es est et été être eu eux il ils j je l la là le les leur leurs lui m ma mais me même
    mes moi mon n ne ni nos notre nous on ont ou où par pas plus pour pourquoi qu quand que quel quelle quelles quels
    qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout toute toutes très tu un une vers
    vos votre vous y
""",
    "es": """
    a al algo ante antes aquel aquella aquello así aun aunque cada como cómo con contra cual cuál cuando cuándo de del
    desde donde dónde dos el él ella ellas ellos en entre era eran es esa ese eso esos esta está estaba este esto
    estos fue ha había hasta hay la las le les lo los más me mi mientras mis muy ni no nos nosotros o otra otro para
    pero por porque pues que qué quien quién se según ser si sí sido sin sobre son su sus también tan te tiene todo
    todos tras tu tus un una uno unos y ya yo
""",
    "it": """
    a ad agli ai al alla alle allo anche c che chi ci ciò col come con cosa cui d da dagli dai dal dalla dalle dallo
    degli dei del della delle dello di dove e è ed era erano essere fra gli ha hanno i il in io l la le lei li lo loro
    lui ma me mi mia mio ne negli nei nel nella nelle nello noi non nostra nostro o perché più quale quando quanto
    quella quelle quelli quello questa queste questi questo se sei si sia sono su sua sue sugli sui sul sulla sulle
    suo suoi te ti tra tu tutti tutto un una uno vi voi
""",
    "pt": """
    a ao aos aquela aquele aquilo as até às com como da das de dela dele deles depois do dos e é ela elas ele eles em
    entre era eram essa esse esta está este eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na não
    nas nem no nos nós num numa o onde os ou para pela pelas pelo pelos per pois por porque qual quando que quem se
    sem ser será seu seus só sob sobre sua suas também te tem teu tu um uma você vocês
""",
    "nl": """
    aan al als ben bij daar dan dat de der deze die dit doch doen door dus een en er ge geen had hadden heb hebben
    heeft hem het hier hij hoe hun ik in is ja je kan kon kunnen maar me meer men met mij mijn na naar niet nog nu of
    om omdat onder ons onze ook op over te tegen toch toen tot u uit uw van veel voor waar waarom wanneer want waren
    was wat we wel werd wie wij wil worden wordt zal ze zelf zich zij zijn zo zonder zou
""",
    "sv": """
    alla allt att av blev bli blir de dem den denna deras dess dessa det detta dig din du då där efter ej eller en er
    ett från för ha hade han hans har hennes hon hur här i icke inte jag kan kunde man med men mig min mot mycket ni
    nu när någon något några och om oss på sedan sig sin sina ska skulle som så till under upp ut utan vad var varför
    vara vem vi vid vilka vilken vår är över
""",
    "ru": """
    а без более бы был была были было быть в вам вас весь во вот все всё всех вы где да для до его ее её если есть еще
    ещё же за и из или им их к как какая какие какой ко когда который кто ли либо мне может мы на над надо не него нее
    неё нет ни них но ну о об однако он она они оно от очень по под при про с сам свой себе себя со так также такой
    там те тем то того тоже той только том ты у уже чего чей чем что чтобы эта эти это этого этой этом этот я
""",
}


@lru_cache(maxsize=MOST_CODES)
def read_stopwords(language: str | None = None) -> frozenset[str]:
    """The stop words of a language, a code as documents have it (None: English), folded."""
    return frozenset(map(fold, _WORDS.get(settle_language(language), "").split()))


def is_stopword(text: str, written: str, language: str | None) -> bool:
    """Whether a word, as typed and folded, is a stop word of a language; in capitals it is none."""
    return written in read_stopwords(language) and not (text.isupper() and len(written) > 1)

"""Texts and films made of words that stand here, for machines without real ones."""

import itertools
import random
from collections.abc import Iterator

from forum.films.catalogue import CatalogueFilm

_CLAUSES = {
    "en": (
        ("The last shot", "The letter on the table", "Her silence", "The song under the credits"),
        ("says that", "only makes sense if", "was cut so that we believe", "keeps open whether"),
        ("the house was empty all along", "they never met", "he is telling it to himself"),
        ("and the second viewing shows it.", "which nobody on screen notices.", "or I am wrong."),
    ),
    "de": (
        ("Die letzte Einstellung", "Der Brief auf dem Tisch", "Ihr Schweigen"),
        ("sagt, dass", "lässt offen, ob", "zeigt nur, dass"),
        ("das Haus immer leer war", "sie sich nie begegnet sind", "er alles nur erzählt"),
        ("und niemand merkt es.", "wie beim zweiten Sehen auffällt."),
    ),
    "fr": (
        ("Le dernier plan", "La lettre sur la table", "Son silence"),
        ("dit que", "laisse croire que", "montre que"),
        ("la maison était vide", "ils ne se sont jamais vus", "il se raconte tout cela"),
        ("et personne ne le remarque.", "ce que la chanson confirme."),
    ),
    "ru": (
        ("Последний кадр", "Письмо на столе", "Её молчание"),
        ("говорит, что", "намекает, что", "скрывает, что"),
        ("дом всегда был пуст", "они никогда не встречались", "он всё это придумал"),
        ("и никто этого не видит.", "и второй просмотр это подтверждает."),
    ),
    "ja": (
        ("最後の場面は", "机の上の手紙は", "彼女の沈黙は"),
        ("家がずっと空だったことを", "二人が会っていないことを", "すべてが夢だったことを"),
        ("示している。", "隠している。", "静かに語っている。"),
    ),
    "ar": (
        ("اللقطة الأخيرة", "الرسالة على الطاولة", "صمتها"),
        ("تقول إن", "تخفي أن", "تلمح إلى أن"),
        ("البيت كان فارغا", "اللقاء لم يحدث قط", "كل ذلك كان حلما"),
        ("ولا أحد يلاحظ ذلك.", "والمشاهدة الثانية تؤكد ذلك."),
    ),
}
_FIRST = ("Silent", "Last", "Winter", "Paper", "Hollow", "Golden", "Second", "Broken", "Northern")
_SECOND = ("House", "Train", "Letter", "Garden", "Summer", "Witness", "Harbour", "Mirror", "Road")

QUESTIONS = (
    "What does the ending ask of us?",
    "Who is still there when the lights go up?",
    "How much of the last act is real?",
    "What is the last object in the frame for?",
    "Is the last scene a beginning?",
    "What did the sound tell before the picture?",
)
SAFE_THEORIES = (
    "A reading of the last scene",
    "Follow the sound, not the picture",
    "What the camera leaves out",
    "The order of scenes is the answer",
    "It was said in the first minute",
    "Against the usual explanation",
)
NAMES = (
    *("reel", "matinee", "usher", "credit", "velvet", "projector", "curtain", "lantern", "fade"),
    *("cutter", "extra", "grain", "lens", "montage", "print", "score", "splice", "take", "wide"),
)


def sentences(language: str, count: int, seed: int = 0) -> Iterator[str]:
    """`count` texts of one to three sentences."""
    rng = random.Random(f"{language}{seed}")
    joint = "" if language == "ja" else " "
    for _ in range(count):
        yield " ".join(
            joint.join(rng.choice(part) for part in _CLAUSES[language])
            for _ in range(rng.randint(1, 3))
        )


def other_languages(count: int = 40) -> Iterator[str]:
    """`count` texts in each of the languages but English."""
    others = (sentences(language, count) for language in _CLAUSES if language != "en")
    return itertools.chain.from_iterable(others)


def film(number: int) -> CatalogueFilm:
    """A film that was never made; another for each number."""
    first, second = _FIRST[number % 9], _SECOND[number // 9 % 9]
    title = f"The {first} {second}" + (f" {number // 81 + 1}" if number >= 81 else "")
    return CatalogueFilm(
        title=title,
        year=1920 + number * 7 % 105,
        directors=(f"{_SECOND[number * 5 % 9]} {_FIRST[number * 2 % 9]}",),
        runtime=70 + number % 90,
        summary=next(sentences("en", 1, seed=number)),
    )

import pytest

from ingestion.languages import language_of_question, language_of_text

TEXTS = {
    "da": "Et legeme bevæger sig, når det ændrer sin plads med tiden. Farten er den vej, som "
    "det tilbagelægger i hvert sekund, og den bliver større, hvis en kraft virker på det.",
    "de": "Ein Körper bewegt sich, wenn er mit der Zeit seinen Ort ändert. Die Geschwindigkeit "
    "ist der Weg, den er in jeder Sekunde zurücklegt, und sie wird größer, wenn eine "
    "Kraft wirkt.",
    "en": "A body moves if its position changes with time. The speed is the way that it covers "
    "in each second, and it becomes larger when a force acts on the body.",
    "es": "Un cuerpo se mueve cuando su posición cambia con el tiempo. La velocidad es el "
    "camino que recorre en cada segundo, y aumenta si una fuerza actúa sobre el cuerpo.",
    "fi": "Kappale liikkuu, kun sen paikka muuttuu ajan mukana. Nopeus on se matka, jonka "
    "kappale kulkee joka sekunnissa, ja se kasvaa, jos voima vaikuttaa siihen, mutta ei "
    "muuten. Tämä on laki, joka on myös tärkeä.",
    "fr": "Un corps se déplace quand sa position change avec le temps. La vitesse est le chemin"
    " qu'il parcourt dans chaque seconde, et elle augmente si une force agit sur le "
    "corps.",
    "hu": "A test mozog, ha a helye az idővel változik. A sebesség az az út, amelyet a test "
    "minden másodpercben megtesz, és ez nagyobb lesz, ha egy erő hat rá, de csak akkor, "
    "mert nem volt más.",
    "id": "Sebuah benda bergerak jika kedudukannya berubah dengan waktu. Kelajuan adalah jarak "
    "yang ditempuh dalam setiap detik, dan akan bertambah jika ada gaya yang bekerja pada"
    " benda itu.",
    "it": "Un corpo si muove quando la sua posizione cambia con il tempo. La velocità è il "
    "cammino che percorre in ogni secondo, e aumenta se una forza agisce sul corpo.",
    "nl": "Een lichaam beweegt als zijn plaats met de tijd verandert. De snelheid is de weg die"
    " het in elke seconde aflegt, en deze wordt groter wanneer er een kracht op het "
    "lichaam werkt.",
    "no": "Et legeme beveger seg når det skifter plass med tiden. Farten er den veien som det "
    "går i hvert sekund, og den blir større hvis en kraft virker på det, men ikke av seg "
    "selv. Hva er mye?",
    "pt": "Um corpo move-se quando a sua posição muda com o tempo. A velocidade é o caminho que"
    " ele percorre em cada segundo, e aumenta se uma força não nula atua sobre o corpo.",
    "ro": "Un corp se mișcă atunci când poziția lui se schimbă cu timpul. Viteza este drumul pe"
    " care îl parcurge în fiecare secundă, și ea crește dacă o forță acționează asupra "
    "corpului.",
    "sv": "En kropp rör sig när den ändrar sin plats med tiden. Farten är den väg som den går "
    "varje sekund, och den blir större om en kraft verkar på kroppen, men inte av sig "
    "själv.",
    "tr": "Bir cisim, yeri zamanla değişirse hareket eder. Hız, onun her saniyede aldığı yoldur"
    " ve bir kuvvet etki ederse daha büyük olur, ama bu kuvvet çok küçük ise değil. Bu da"
    " bir yasa olarak bilinir.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_paragraph_gives_its_language_away(language: str) -> None:
    assert language_of_text(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "Motion",
        "",
        "x = 3; y = x + 1; print(y); " * 20,
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed " * 5,
        "गति वह है जिसमें वस्तु का स्थान समय के साथ बदलता है। " * 5,
    ],
    ids=["a title", "nothing", "a program", "Latin", "Hindi"],
)
def test_a_text_of_no_known_words_stays_undecided(text: str) -> None:
    assert language_of_text(text) is None


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Qu'est-ce que la vitesse d'un corps ?", "fr"),
        ("Was ist die Geschwindigkeit?", "de"),
        ("What is the speed of a body?", "en"),
        ("entropy", None),
        ("velocidad", None),
    ],
)
def test_a_question_gives_its_language_away_where_it_has_common_words(
    question: str, language: str | None
) -> None:
    assert language_of_question(question) == language

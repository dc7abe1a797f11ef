"""What the built-in model says to a remark, in the remark's language."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ai.questions.remarks import Remark, RemarkKind, RemarkLanguage

MOST_TOPICS: Final = 3

_BEGINNINGS: Final[Mapping[RemarkLanguage, Mapping[RemarkKind, str]]] = MappingProxyType(
    {
        "en": {
            "empty": "Please ask a question about “{course}”.",
            "greeting": "Hello! I am the tutor of “{course}” and answer from its material.",
            "wellbeing": "I am ready to help, thank you. I am the tutor of “{course}”.",
            "acknowledgement": "Good. Ask on whenever something in “{course}” is unclear.",
            "thanks": "You are welcome. Ask again whenever something in “{course}” is unclear.",
            "farewell": "Goodbye, and good luck with “{course}”.",
            "identity": "I am the tutor of “{course}”, a program and not a person. I answer"
            " questions from the course material and show where each answer stands.",
            "weather": "I only know the material of “{course}”, so I cannot tell the weather.",
            "clock": "I only know the material of “{course}”, so I cannot tell the time or date.",
            "amusement": "I am here for “{course}” only.",
            "instructions": "I do not give out my instructions. I answer questions from the"
            " material of “{course}”.",
        },
        "hi": {
            "empty": "कृपया “{course}” के बारे में कोई प्रश्न पूछिए।",
            "greeting": "नमस्ते! मैं “{course}” का शिक्षक हूँ और इसकी सामग्री से उत्तर देता हूँ।",
            "wellbeing": "मैं ठीक हूँ, धन्यवाद। मैं “{course}” का शिक्षक हूँ।",
            "acknowledgement": "अच्छा। “{course}” में कुछ अस्पष्ट हो तो आगे पूछिए।",
            "thanks": "आपका स्वागत है। “{course}” में कुछ अस्पष्ट हो तो फिर पूछिए।",
            "farewell": "फिर मिलेंगे। “{course}” के लिए शुभकामनाएँ।",
            "identity": "मैं “{course}” का शिक्षक हूँ, कोई व्यक्ति नहीं, एक प्रोग्राम। मैं पाठ्यक्रम की"
            " सामग्री से उत्तर देता हूँ और दिखाता हूँ कि वह कहाँ लिखा है।",
            "weather": "मैं केवल “{course}” की सामग्री जानता हूँ, इसलिए मौसम नहीं बता सकता।",
            "clock": "मैं केवल “{course}” की सामग्री जानता हूँ, इसलिए समय या तारीख नहीं बता सकता।",
            "amusement": "मैं केवल “{course}” के लिए यहाँ हूँ।",
            "instructions": "मैं अपने निर्देश नहीं बताता। मैं “{course}” की सामग्री से उत्तर देता हूँ।",
        },
        "hi-Latn": {
            "empty": "Kripya “{course}” ke baare mein koi prashn poochhiye.",
            "greeting": "Namaste! Main “{course}” ka tutor hoon, uttar iski samagri se deta hoon.",
            "wellbeing": "Main theek hoon, dhanyavaad. Main “{course}” ka tutor hoon.",
            "acknowledgement": "Achchha. “{course}” mein kuchh aspasht ho to aage poochhiye.",
            "thanks": "Aapka swagat hai. “{course}” mein kuchh aspasht ho to phir poochhiye.",
            "farewell": "Phir milenge. “{course}” ke liye shubhkamnayen.",
            "identity": "Main “{course}” ka tutor hoon, koi vyakti nahin, ek program. Main course"
            " ki samagri se uttar deta hoon aur dikhata hoon ki vah kahan likha hai.",
            "weather": "Main keval “{course}” ki samagri jaanta hoon, mausam nahin bata sakta.",
            "clock": "Main keval “{course}” ki samagri jaanta hoon, samay nahin bata sakta.",
            "amusement": "Main keval “{course}” ke liye yahan hoon.",
            "instructions": "Main apne nirdesh nahin batata. Main “{course}” ki samagri se uttar"
            " deta hoon.",
        },
    }
)
_SUGGESTIONS: Final[Mapping[RemarkLanguage, str]] = MappingProxyType(
    {
        "en": "You can ask, for example, about {topics}.",
        "hi": "आप, उदाहरण के लिए, इनके बारे में पूछ सकते हैं: {topics}।",
        "hi-Latn": "Aap, udaharan ke liye, inke baare mein poochh sakte hain: {topics}.",
    }
)
_WITHOUT_SUGGESTION: Final[frozenset[RemarkKind]] = frozenset(
    {"acknowledgement", "thanks", "farewell"}
)


def reply_to(remark: Remark, course: str, topics: Sequence[str]) -> str:
    """A short reply that names the course and, where that helps, what to ask.

    Args:
        remark: What is replied to.
        course: The course's title.
        topics: What the course treats; may be empty.
    """
    title = " ".join(course.split())
    beginning = _BEGINNINGS[remark.language][remark.kind].replace("{course}", title)
    if not topics or remark.kind in _WITHOUT_SUGGESTION:
        return beginning
    listed = ", ".join(f"**{' '.join(topic.split())}**" for topic in topics[:MOST_TOPICS])
    return f"{beginning} {_SUGGESTIONS[remark.language].replace('{topics}', listed)}"

"""Words too common to tell passages apart, in casefolded form."""

from types import MappingProxyType
from typing import Final

_ENGLISH: Final = """
a about above after again against all also am an and any are aren't as at be because been before
being below between both but by can can't cannot could couldn't did didn't do does doesn't doing
don't down during each either etc few for from further had hadn't has hasn't have haven't having he
her here hers herself him himself his how however i i'm if in into is isn't it it's its itself just
let's like may me might more most much must my myself neither no nor not of off on once one only or
other ought our ours ourselves out over own same shall she should shouldn't since so some such than
that that's the their theirs them themselves then there there's therefore these they this those
though through thus to too under until up upon very was wasn't we were weren't what what's when
where whether which while who whom whose why will with within without won't would wouldn't yet you
your yours yourself yourselves
"""

_HINDI: Final = """
अगर अत अथवा अन्य अपना अपनी अपने अब आदि आप इत्यादि इन इनका इनकी इनके इन्हें इस इसका इसकी
इसके इसमें इससे इसलिए इसी इसे उन उनका उनकी उनके उन्हें उस उसका उसकी उसके उसमें उससे उसी
उसे एक एवं ऐसा ऐसी ऐसे और कई कब कर करके करता करती करते करना करने कहाँ कहां का काफी कि
कितना कितनी कितने किन किया किस किसका किसकी किसके किसी किसे की के को कोई कौन कौनसा क्या
क्यों गई गए गया चाहिए जब जहाँ जहां जा जाता जाती जाते जाना जिन जिस जिसका जिसकी जिसके
जिसमें जिसे जैसा जैसी जैसे जो तक तथा तब तो था थी थीं थे दिया दो द्वारा न नहीं ना ने पर
फिर बहुत बाद भी मगर मुझे में मेरा मेरी मेरे मैं यदि यह यहाँ यहां या ये रहा रही रहे लिए
लेकिन व वह वहाँ वहां वाला वाली वाले वे वो सकता सकती सकते सभी साथ से हम हमारा हमारी हमारे
हमें ही हुआ हुई हुए हूँ हूं है हैं हो होगा होगी होता होती होते होना होने
"""

STOP_WORDS = MappingProxyType({"en": frozenset(_ENGLISH.split()), "hi": frozenset(_HINDI.split())})
"""Stop words by ISO 639-1 code; languages not named have none."""

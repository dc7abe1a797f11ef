"""The words by which the guards know numbers, units, negations, contrasts and names."""

from collections.abc import Mapping
from types import MappingProxyType


def _table(lines: str) -> Mapping[str, str]:
    """`canonical: word word ...` lines as a mapping from each word to its canonical form."""
    table = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        canonical, _, words = line.partition(":")
        table.update(dict.fromkeys(words.split(), canonical.strip()))
    return MappingProxyType(table)


# "one" and "एक" are articles and pronouns more often than numbers. "second" is a number in
# "second law" and a unit elsewhere: whichever it is, both questions must have it.
NUMBER_WORDS = _table("""
    0: zero शून्य
    1: first once single पहला पहली पहले प्रथम
    2: two second twice double दो दूसरा दूसरी दूसरे द्वितीय दोगुना दुगुना
    3: three third thrice triple तीन तीसरा तीसरी तीसरे तृतीय तिगुना
    4: four fourth quadruple चार चौथा चौथी चौथे चौगुना
    5: five fifth पाँच पांच पाँचवाँ पाँचवां पाँचवें
    6: six sixth छह छः छठा
    7: seven seventh सात
    8: eight eighth आठ
    9: nine ninth नौ
    10: ten tenth दस
    11: eleven eleventh ग्यारह
    12: twelve twelfth बारह
    15: fifteen पंद्रह
    20: twenty बीस
    30: thirty तीस
    40: forty चालीस
    50: fifty पचास
    60: sixty साठ
    90: ninety नब्बे
    100: hundred सौ
    1000: thousand हज़ार हजार
    1000000: million
    0.5: half आधा आधी आधे
    0.25: quarter चौथाई
""")

UNIT_WORDS = _table("""
    metre: metre metres meter meters मीटर
    kilometre: km kilometre kilometres kilometer kilometers किलोमीटर
    centimetre: cm centimetre centimetres centimeter centimeters सेंटीमीटर
    millimetre: mm millimetre millimetres millimeter millimeters मिलीमीटर
    nanometre: nm nanometre nanometres nanometer nanometers
    mile: mile miles मील
    foot: foot feet फुट
    inch: inch inches इंच
    gram: gram grams gramme grammes ग्राम
    kilogram: kg kilogram kilograms kilogramme किलोग्राम किग्रा किलो
    milligram: mg milligram milligrams
    pound: lb lbs pound pounds
    tonne: tonne tonnes ton tons टन
    second: sec secs second seconds सेकंड सेकेंड
    millisecond: ms millisecond milliseconds
    minute: min minute minutes मिनट
    hour: hr hrs hour hours घंटा घंटे घंटों
    day: day days दिन दिनों
    week: week weeks हफ़्ते सप्ताह
    month: month months महीने
    year: year years साल वर्ष वर्षों
    newton: newtons
    joule: joule joules जूल
    kilojoule: kj kilojoule kilojoules किलोजूल
    calorie: calorie calories cal कैलोरी
    kilocalorie: kcal kilocalorie kilocalories
    watt: watt watts वाट
    kilowatt: kw kilowatt kilowatts किलोवाट
    kilowatt-hour: kwh
    horsepower: horsepower hp
    pascal: pa pascals
    kilopascal: kpa kilopascal kilopascals
    bar: bars
    atmosphere: atm atmospheres
    hertz: hz hertz हर्ट्ज़ हर्ट्ज
    kilohertz: khz kilohertz
    megahertz: mhz megahertz
    volt: volt volts वोल्ट
    ampere: amp amps ampere amperes एम्पियर
    milliampere: ma milliamp milliamps
    ohm: ohm ohms ओम
    coulomb: coulombs
    farad: farad farads
    kelvin: kelvins
    celsius: celsius centigrade सेल्सियस
    fahrenheit: fahrenheit फ़ारेनहाइट फारेनहाइट
    degree: degree degrees ° डिग्री
    radian: radian radians rad रेडियन
    litre: litre litres liter liters लीटर
    millilitre: ml millilitre millilitres milliliter milliliters मिलीलीटर
    mole: mole moles mol मोल
    percent: percent percentage % प्रतिशत
    dollar: dollar dollars $ डॉलर
    rupee: rupee rupees रुपये रुपए रुपया
    euro: euro euros
    byte: byte bytes
    bit: bit bits
    kilobyte: kb kilobyte kilobytes
    megabyte: mb megabyte megabytes
    gigabyte: gb gigabyte gigabytes
""")

UNIT_SYMBOLS = _table("""
    metre: m
    gram: g
    second: s
    hour: h
    newton: N newton न्यूटन
    joule: J
    watt: W
    pascal: Pa pascal पास्कल
    volt: V
    ampere: A
    coulomb: C coulomb
    kelvin: K kelvin केल्विन
    litre: L l
    tonne: t
    bar: bar
    megawatt: MW
    milliwatt: mW
""")

NEGATIONS = frozenset(
    _table("""
    not: not no never none nothing nobody neither nor cannot cant without except excluding
    not: unless hardly false incorrect wrong impossible lack lacks lacking isnt arent doesnt
    not: dont wont नहीं नही न ना मत बिना सिवाय अलावा गलत ग़लत असंभव कभी-नहीं
""")
)

# Words of opposite sides, each side under one name.
CONTRASTS = _table("""
    more: more greater larger bigger higher increase increases increased increasing rise rises
    more: rising grow grows growing raise raises faster longer heavier hotter stronger ज़्यादा
    more: ज्यादा अधिक बढ़ता बढ़ती बढ़ते बढ़ना बढ़ने बढ़ाने बड़ा तेज़ तेज भारी लंबा गर्म
    less: less fewer smaller lower decrease decreases decreased decreasing fall-off reduce
    less: reduces reduced drop drops shrink shrinks slower shorter lighter colder weaker कम घटता
    less: घटती घटते घटना घटने घटाने छोटा धीमा धीमी हल्का ठंडा
    maximum: maximum max greatest largest highest biggest most longest fastest heaviest अधिकतम
    maximum: सबसे-अधिक
    minimum: minimum min least smallest lowest shortest slowest lightest न्यूनतम
    before: before earlier previous prior पहले-का
    after: after later next following afterwards बाद
    advantage: advantage advantages benefit benefits pro pros strengths लाभ फायदा फ़ायदा फायदे
    advantage: फ़ायदे
    disadvantage: disadvantage disadvantages drawback drawbacks downside downsides con cons
    disadvantage: weaknesses हानि नुकसान नुक़सान कमियाँ
    positive: positive धनात्मक
    negative: negative ऋणात्मक
    gain: gain gains gained acquire absorb absorbs absorbed absorbing
    lose: lose loses lost losing emit emits emitted emitting release releases
    add: add adds adding addition plus जोड़ना जोड़ें जोड़
    subtract: subtract subtracts subtracting subtraction minus घटाव
    multiply: multiply multiplying multiplication गुणा
    divide: divide dividing division भाग
    input: input inputs encode encoding encryption encrypt write writes upload
    output: output outputs decode decoding decryption decrypt read reads download
    start: start starts begin begins beginning open opens opening शुरू
    end: end ends finish finishes close closes closing stop stops ending खत्म ख़त्म अंत
    inside: inside internal within inner भीतर अंदर आंतरिक
    outside: outside external outer बाहर बाहरी
    above: above over upper up upward upwards ऊपर
    below: below under beneath lower-than down downward downwards नीचे
    left: left बाएँ बायाँ
    right: right-hand दाएँ दायाँ
    north: north northern उत्तर-दिशा
    south: south southern दक्षिण
    east: east eastern पूर्व
    west: west western पश्चिम
    same: same equal equals identical समान बराबर
    different: different unequal differ differs अलग भिन्न असमान
    always: always every all हमेशा सदा
    sometimes: sometimes some कभी-कभी
    buy: buy buys buying
    sell: sell sells selling
    prevent: prevent prevents avoid avoids stop-from रोकना रोकें
    kinetic: kinetic गतिज
    potential: potential स्थितिज
    elastic: elastic
    inelastic: inelastic
    static: static
    dynamic: dynamic sliding
    series: series
    parallel: parallel
    series-up: ascending
    series-down: descending
    direct: direct directly
    inverse: inverse inversely
    horizontal: horizontal horizontally
    vertical: vertical vertically
    odd: odd विषम
    even: even सम
    acid: acid acids acidic अम्ल
    base: base bases basic alkaline alkali क्षार
    male: male men man
    female: female women woman
    solid: solid solids ठोस
    liquid: liquid liquids द्रव
    gas: gas gases गैस
""")

# Transliterations share one name. The list need not be complete: capitals and owners count too.
KNOWN_NAMES = _table("""
    newton: newton newton's न्यूटन
    einstein: einstein आइंस्टीन
    galileo: galileo गैलीलियो
    kepler: kepler केप्लर
    hooke: hooke हुक
    ohm: ओम
    faraday: faraday फैराडे
    maxwell: maxwell मैक्सवेल
    boyle: boyle बॉयल
    charles: charles चार्ल्स
    coulomb: coulomb कूलॉम
    pascal: pascal पास्कल
    archimedes: archimedes आर्किमिडीज
    bernoulli: bernoulli बर्नूली
    kirchhoff: kirchhoff किरचॉफ
    lenz: lenz लेंज
    ampere: ampère
    gauss: gauss गाउस
    planck: planck प्लांक
    bohr: bohr बोर
    rutherford: rutherford रदरफोर्ड
    curie: curie क्यूरी
    darwin: darwin डार्विन
    mendel: mendel मेंडल
    pythagoras: pythagoras पाइथागोरस
    euclid: euclid
    euler: euler
    fermat: fermat
    gandhi: gandhi गांधी गाँधी
    nehru: nehru नेहरू
    ambedkar: ambedkar अंबेडकर आंबेडकर
    akbar: akbar अकबर
    ashoka: ashoka अशोक
    india: india भारत
    china: china चीन
    pakistan: pakistan पाकिस्तान
    japan: japan जापान
    nepal: nepal नेपाल
    france: france
    germany: germany
    america: america अमेरिका
    delhi: delhi दिल्ली
    mumbai: mumbai मुंबई
    earth: earth पृथ्वी
    moon: moon चंद्रमा चाँद
    sun: sun सूर्य
    mars: mars मंगल
    venus: venus शुक्र
    jupiter: jupiter बृहस्पति
    saturn: saturn शनि
    mercury: mercury बुध
    hydrogen: hydrogen हाइड्रोजन
    helium: helium हीलियम
    oxygen: oxygen ऑक्सीजन
    nitrogen: nitrogen नाइट्रोजन
    carbon: carbon कार्बन
    sodium: sodium सोडियम
    potassium: potassium पोटैशियम
    iron: iron लोहा लोहे
    copper: copper ताँबा तांबा
    gold: gold सोना सोने
    silver: silver चाँदी चांदी
    zinc: zinc
    chlorine: chlorine
    python: python
    java: java
    javascript: javascript
    rust: rust
    c++: c++
    postgresql: postgresql postgres
    mysql: mysql
    linux: linux
    windows: windows
""")

NOT_NAMES = frozenset(
    _table("""
    common: a i what why how when where who which whose whom is are was were do does did can
    common: could would should please explain define describe tell it it's that that's what's
    common: who's there's let's here's the an
""")
)

# Words that say that something is asked, not what about.
ASKING_WORDS = frozenset(
    _table("""
    asked: mean means meaning meant define defined definition explain explained explanation describe
    asked: description find value name named tell state states compute calculate determine give list
    asked: show say says said known called please work works make makes made cause causes reason
    asked: much many exactly main concept term idea understand happen happens way large part role
    asked: differ difference example possible ever true take takes place able go kind type
    asked: बताइए बताओ समझाइए समझाओ परिभाषा अर्थ मतलब नाम कहते होता होती होते करता करती करते
""")
)

"""The words of mails about accounts, in the languages that mails are written in."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from content.languages import SpokenLanguage

HINDI_MONTHS = (
    *("जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून"),
    *("जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
)


class MailWords(NamedTuple):
    """A mail with places for `{name}`, `{school}` and `{address}`, and for what its kind tells."""

    subject: str
    body: str


ENGLISH: Mapping[str, MailWords] = {
    "verify_email": MailWords(
        "Confirm your e-mail address",
        "Hello {name},\n\n"
        "open this link within three days to confirm your address for {school}:\n\n"
        "{address}\n\n"
        "If this was not you, you need not do anything.\n",
    ),
    "reset_password": MailWords(
        "Choose a new password",
        "Hello {name},\n\n"
        "open this link within an hour to choose a new password for {school}:\n\n"
        "{address}\n\n"
        "If this was not you, you need not do anything. Your password stays as it is.\n",
    ),
    "address_taken": MailWords(
        "You have an account already",
        "Hello {name},\n\n"
        "someone tried to register with your address for {school}. You have an account"
        " already; should you have forgotten its password, choose a new one:\n\n"
        "{address}\n\n"
        "If this was not you, you need not do anything.\n",
    ),
    "password_changed": MailWords(
        "Your password was changed",
        "Hello {name},\n\n"
        "the password of your account for {school} was changed, and other devices were"
        " signed out. If this was not you, choose a new one at once, and look through your API"
        " keys:\n\n{address}\n",
    ),
    "invitation": MailWords(
        "You are invited to {school}",
        "Hello,\n\nyou are invited to {school}. Register with this address here:\n\n"
        "{address}\n\nThe invitation ends on {ends}.\n",
    ),
    "notification": MailWords(
        "{line}",
        "Hello {name},\n\n{lines}\n\n"
        "What you are told, and when, you choose here: {address}/account\n",
    ),
    "notifications": MailWords(
        "{count} notices of {school}",
        "Hello {name},\n\n{lines}\n\n"
        "What you are told, and when, you choose here: {address}/account\n",
    ),
}

HINDI: Mapping[str, MailWords] = {
    "verify_email": MailWords(
        "अपने ई-मेल पते की पुष्टि करें",
        "नमस्ते {name},\n\n"
        "{school} के लिए अपने पते की पुष्टि करने हेतु तीन दिन के भीतर यह लिंक खोलें:\n\n"
        "{address}\n\n"
        "यदि यह अनुरोध आपने नहीं किया है, तो आपको कुछ करने की ज़रूरत नहीं है।\n",
    ),
    "reset_password": MailWords(
        "नया पासवर्ड चुनें",
        "नमस्ते {name},\n\n"
        "{school} के लिए नया पासवर्ड चुनने हेतु एक घंटे के भीतर यह लिंक खोलें:\n\n"
        "{address}\n\n"
        "यदि यह अनुरोध आपने नहीं किया है, तो आपको कुछ करने की ज़रूरत नहीं है। "
        "आपका पासवर्ड वही रहेगा।\n",
    ),
    "address_taken": MailWords(
        "आपका खाता पहले से है",
        "नमस्ते {name},\n\n"
        "किसी ने आपके ई-मेल पते से {school} में पंजीकरण करने की कोशिश की। आपका खाता पहले से है; "
        "यदि आपको उसका पासवर्ड याद नहीं, तो यहाँ नया पासवर्ड चुनें:\n\n"
        "{address}\n\n"
        "यदि यह कोशिश आपने नहीं की, तो आपको कुछ करने की ज़रूरत नहीं है।\n",
    ),
    "password_changed": MailWords(
        "आपका पासवर्ड बदला गया",
        "नमस्ते {name},\n\n"
        "{school} में आपके खाते का पासवर्ड बदल दिया गया है, और बाकी सभी उपकरणों पर आपका खाता "
        "साइन आउट कर दिया गया है। यदि यह आपने नहीं किया, तो तुरंत यहाँ नया पासवर्ड चुनें और अपनी "
        "API कुंजियाँ भी जाँच लें:\n\n{address}\n",
    ),
    "invitation": MailWords(
        "आपको {school} में आमंत्रित किया गया है",
        "नमस्ते,\n\nआपको {school} में आमंत्रित किया गया है। अपने इसी ई-मेल पते से यहाँ पंजीकरण करें:\n\n"
        "{address}\n\nयह निमंत्रण {ends} तक मान्य है।\n",
    ),
    "notification": MailWords(
        "{line}",
        "नमस्ते {name},\n\n{lines}\n\n"
        "आपको किन बातों की सूचना मिले, और कब, यह यहाँ चुनें: {address}/account\n",
    ),
    "notifications": MailWords(
        "{school}: {count} सूचनाएँ",
        "नमस्ते {name},\n\n{lines}\n\n"
        "आपको किन बातों की सूचना मिले, और कब, यह यहाँ चुनें: {address}/account\n",
    ),
}

WORDS: Mapping[SpokenLanguage, Mapping[str, MailWords]] = {"en": ENGLISH, "hi": HINDI}


def mail_language(tag: str) -> SpokenLanguage:
    """The language of mails to an account with that BCP 47 tag: Hindi, or else English."""
    return "hi" if tag.partition("-")[0].lower() == "hi" else "en"


def day_words(day: date, language: SpokenLanguage) -> str:
    """A date with the month in words: "05 December 2026", "5 दिसंबर 2026"."""
    if language == "hi":
        return f"{day.day} {HINDI_MONTHS[day.month - 1]} {day.year}"
    return f"{day:%d %B %Y}"

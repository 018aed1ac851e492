"""English, and a little of seven other languages: turns that are no question of the texts.

A pattern reads a turn as it was typed, on one line, whatever the case of its letters.
"""

from inquote.app.language.english import compile_words

_END = (
    r"(?:,? (?:there|all|everyone|everybody|inquote|you|so much|a lot|very much|again)){0,3}"
    r"[?.!, ]*$"
)

GREETING = compile_words(
    r"^(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hallo|guten tag"
    r"|bonjour|salut|hola|buenos d[ií]as|ciao|buongiorno|ol[aá]|bom dia|dzień dobry|cześć"
    rf"|how are you|how do you do|what['’]?s up){_END}"
)

THANKS = compile_words(
    r"^(?:(?:ok|okay|great|perfect)[,.! ]+)?(?:(?:many )?thanks|thank you|thx|ty|cheers|danke"
    rf"|vielen dank|merci|gracias|grazie|obrigad[oa]|dank je|bedankt|dzięki){_END}"
    r"|^(?:ok|okay|great|perfect|cool|nice|good|very good|awesome|wow|super|got it|i see|alright"
    r"|all right|never ?mind|understood|yes|no|yep|nope|sure)[.! ]*$"
)

FAREWELL = compile_words(
    r"^(?:bye|goodbye|good bye|good night|see you(?: later)?|tsch[uü]ss|au revoir|adi[oó]s)"
    rf"{_END}"
)

HELP = compile_words(
    r"^(?:help|help me|please help|can you help(?: me)?|i need help|what can (?:you|i) do(?: here)?"
    r"|what (?:do|can) you (?:know|do|answer)|what can i ask(?: you)?|what are you"
    r"|who are you|what should i ask|how do i use this"
    r"|are you (?:an? )?(?:ai|bot|robot|human|real|chatgpt))[?.! ]*$"
)

INSULT = compile_words(
    r"^(?:you(?:'re|’re| are)? (?:so |an? |such an? ){0,3})?"
    r"(?:stupid|idiot|dumb|moron|useless|fuck(?: you| off)?|shit|bullshit"
    r"|crap|damn|shut up|asshole|bastard|bitch|wtf|this (?:is )?sucks?|you suck"
    r"|that(?:'s|’s| is) (?:wrong|stupid|useless|nonsense)|nonsense|garbage)[?.! ]*$"
)

WEB_ADDRESS = compile_words(r"^(?:https?://\S{1,500}|www\.\S{1,300})$")

LINES = {
    "greeting": "Hello. I look up what the texts say, in their own words.",
    "thanks": "You are welcome.",
    "farewell": "Goodbye.",
    "help": "I answer questions from the texts, in their own words, each with its place.",
    "insult": "I can only look up what the texts say; asking in other words often helps.",
    "letter": "That is too little to look for; please ask a question.",
    "address": "I open no web addresses; please ask a question of the texts.",
    "paragraph": "These words stand nowhere in the texts.",
}
"""What the page says, by what was typed."""

EXAMPLES = " You can ask, for example: {questions}"
SUBJECTS = " The texts are: {titles}."

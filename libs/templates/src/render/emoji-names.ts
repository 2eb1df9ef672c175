/**
 * English names of the emoji that business messages are full of, after Unicode CLDR's short names. What is not here is called
 * `emoji`: a list of all 3,700 would have to follow every edition of Unicode.
 */
const NAMES = `
😀 grinning|😃 grinning|😄 grinning|😁 beaming|😆 laughing|😅 relieved laugh|🤣 rolling on the floor laughing|😂 tears of joy
🙂 smile|🙃 upside-down smile|😉 wink|😊 smile|😇 angel|🥰 smile with hearts|😍 heart eyes|🤩 star-struck|😘 kiss|😋 yum
😛 tongue out|😜 tongue out|🤪 zany|🤗 hug|🤔 thinking|🤐 zipped mouth|😐 neutral|😏 smirk|😒 unamused|🙄 rolling eyes
😬 grimace|😌 relieved|😔 pensive|😴 asleep|😷 mask|🤒 ill|🤢 nauseated|🤯 mind blown|🥳 party|😎 cool|🤓 nerd|😕 confused
😟 worried|🙁 frown|☹ frown|😮 surprised|😲 astonished|🥺 pleading|😨 fearful|😢 crying|😭 sobbing|😱 screaming|😞 disappointed
😩 weary|😤 huffing|😡 angry|😠 angry|💩 poo|👻 ghost|🤖 robot|☺ smile|💋 kiss mark|💯 100|💥 bang|💫 dizzy|💦 sweat|💨 dash
❤ heart|🧡 heart|💛 heart|💚 heart|💙 heart|💜 heart|🖤 heart|🤍 heart|🤎 heart|💔 broken heart|💕 two hearts|💖 heart|💗 heart
💘 heart|💝 heart|💞 hearts|♥ heart|👋 wave|✋ raised hand|👌 OK|🤞 fingers crossed|✌ victory|🤟 love|🤘 horns|👈 left|👉 right
👆 up|👇 down|☝ up|👍 thumbs up|👎 thumbs down|✊ fist|👊 fist|👏 applause|🙌 hands up|👐 open hands|🤝 handshake|🙏 folded hands
💪 strong|👀 eyes|👁 eye|🧠 brain|👶 baby|👧 girl|👦 boy|👩 woman|👨 man|👵 grandmother|👴 grandfather|👪 family|🤷 shrug|🤦 facepalm
🎅 Santa Claus|🐶 dog|🐱 cat|🐭 mouse|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🦁 lion|🐷 pig|🐸 frog|🐵 monkey|🐔 chicken|🐣 chick|🦄 unicorn
🐝 bee|🦋 butterfly|🐞 ladybird|🐢 turtle|🐍 snake|🐟 fish|🐬 dolphin|🐘 elephant|🐴 horse|🐮 cow|🌹 rose|🌻 sunflower|🌸 blossom
💐 bouquet|🌷 tulip|🌲 tree|🌴 palm tree|🌵 cactus|🍀 four leaf clover|🍁 leaf|🍂 leaves|🌍 globe|🌎 globe|🌏 globe|🌙 moon|⭐ star
🌟 star|✨ sparkles|⚡ lightning|🔥 fire|🌈 rainbow|☀ sun|🌞 sun|⛅ sun and cloud|☁ cloud|🌧 rain|⛈ thunderstorm|❄ snowflake|⛄ snowman
☔ umbrella|🌊 wave|🍎 apple|🍌 banana|🍇 grapes|🍓 strawberry|🍒 cherries|🍑 peach|🍋 lemon|🍉 melon|🥑 avocado|🍕 pizza|🍔 burger
🍟 chips|🌭 hot dog|🥗 salad|🍣 sushi|🍦 ice cream|🍩 doughnut|🍪 biscuit|🎂 birthday cake|🍰 cake|🍫 chocolate|☕ coffee|🍵 tea
🍷 wine|🍸 cocktail|🍺 beer|🍻 beers|🥂 cheers|🍾 champagne|🍽 meal|⚽ football|🏀 basketball|🎾 tennis|🏆 trophy|🥇 first|🥈 second
🥉 third|🎯 bullseye|🎮 game|🎲 dice|🎨 art|🎭 theatre|🎤 microphone|🎧 headphones|🎵 music|🎶 music|🎸 guitar|🎬 film|🎟 ticket|🎫 ticket
🎉 party popper|🎊 confetti|🎈 balloon|🎁 gift|🎀 ribbon|🎄 Christmas tree|🎃 pumpkin|🎓 graduation|🚗 car|🚕 taxi|🚙 car|🚌 bus
🚑 ambulance|🚓 police car|🚒 fire engine|🚚 lorry|🚛 lorry|🚲 bicycle|🛵 scooter|🚂 train|🚆 train|🚇 underground|✈ aeroplane|🚀 rocket
🛳 ship|⛵ boat|🚢 ship|⚓ anchor|🚦 traffic light|🚧 construction|🏠 house|🏡 house|🏢 office|🏥 hospital|🏦 bank|🏨 hotel|🏪 shop|🏫 school
🏬 shop|🏭 factory|🏖 beach|⛰ mountain|🗺 map|⌚ watch|📱 phone|☎ telephone|📞 telephone|💻 laptop|🖥 computer|🖨 printer|📷 camera
📸 camera|🎥 film camera|📺 television|🔋 battery|🔌 plug|💡 idea|🔦 torch|💰 money|💵 money|💶 euros|💷 pounds|💸 money|💳 card|🧾 receipt
💎 gem|🔧 spanner|🔨 hammer|🛠 tools|⚙ gear|🔑 key|🔒 locked|🔓 unlocked|🔔 bell|🔕 no bell|📢 announcement|📣 megaphone|✉ envelope|📧 e-mail
📨 envelope|📩 envelope|📥 inbox|📤 outbox|📦 parcel|📫 letter box|📮 post box|✏ pencil|📝 note|📄 page|📃 page|📋 list|📅 date|📆 date
🗓 calendar|📈 rising|📉 falling|📊 chart|📌 pin|📍 place|📎 paper clip|✂ scissors|🗑 bin|📚 books|📖 book|🔗 link|🔍 search|🔎 search
🛒 shopping trolley|🛍 shopping bags|👕 shirt|👗 dress|👟 shoe|👠 shoe|👜 handbag|🎒 backpack|👓 glasses|🕶 sunglasses|💍 ring|👑 crown
💄 lipstick|💊 pill|💉 syringe|🩺 stethoscope|🛏 bed|🚪 door|🛁 bath|🧹 broom|🧼 soap|⏰ alarm clock|⏱ stopwatch|⏳ hourglass|⌛ hourglass
🕐 clock|✅ done|✔ yes|☑ yes|❌ no|❎ no|✖ no|⭕ circle|❗ !|❕ !|❓ ?|❔ ?|‼ !!|⁉ !?|⚠ warning|🚫 forbidden|⛔ no entry|🛑 stop|♻ recycling
➕ plus|➖ minus|➡ right|⬅ left|⬆ up|⬇ down|🔄 again|🔁 again|🔴 red|🟠 orange|🟡 yellow|🟢 green|🔵 blue|🟣 purple|⚫ black|⚪ white
🆕 new|🆓 free|🆗 OK|🆘 SOS|ℹ information|🔝 top|🔜 soon|🏁 finish|🚩 flag|🏳 white flag|🏴 flag|💬 speech|💭 thought|💤 zzz|🌐 globe
`;

const BY_EMOJI: ReadonlyMap<string, string> = new Map(
  NAMES.trim()
    .split(/[|\n]/)
    .map((entry) => {
      const at = entry.indexOf(' ');
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
);

const SKIN_AND_PRESENTATION = /[\u{1F3FB}-\u{1F3FF}\uFE0E\uFE0F]/gu;
const JOINER = '\u200D';
const REGIONAL_A = 0x1f1e6;
const LETTER_A = 'A'.charCodeAt(0);
const TAGS = 0xe0000;

/** One emoji as text: `(thumbs up)`, `(DE)` for a flag, `1` for a keycap, `(emoji)` for what has no name here. */
export function emojiAsText(emoji: string): string {
  const [first] = emoji as unknown as [string];
  if (/^[\d#*]/.test(emoji)) return first;
  if (/^[©®™]/u.test(emoji)) return first;
  const letters = [...emoji].map(flagLetter).join('');
  if (letters.length >= 2) return `(${letters})`;
  const plain = emoji.replace(SKIN_AND_PRESENTATION, '');
  return `(${BY_EMOJI.get(plain) ?? BY_EMOJI.get(plain.split(JOINER, 1)[0]!) ?? 'emoji'})`;
}

/** Of a country's flag, and of the flags of parts of countries, which are spelt in tags. */
function flagLetter(character: string): string {
  const code = character.codePointAt(0)!;
  if (code >= REGIONAL_A && code < REGIONAL_A + 26) return String.fromCharCode(LETTER_A + code - REGIONAL_A);
  if (code > TAGS + 0x30 && code < TAGS + 0x7b) return String.fromCharCode(code - TAGS).toUpperCase();
  return '';
}

#!/bin/sh
# The whole story in the terminal: a bank statement comes in, points are earned, a QR code is
# shown, scanned and spent once.  Then the console is served.
#
#   examples/story.sh [--once] [FOLDER]
#
# --once ends after the story; FOLDER keeps the store (else it is a temporary one).  $REWAPP is
# the program, build/server/rewapp if it is not set.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rewapp=${REWAPP:-$here/../build/server/rewapp}
once=no
folder=
for argument; do
	case "$argument" in
	--once) once=yes ;;
	-*) echo "usage: $0 [--once] [FOLDER]" >&2 && exit 2 ;;
	*) folder=$argument ;;
	esac
done
if ! [ -x "$rewapp" ]; then
	echo "$0: no program at $rewapp; set REWAPP, or use ./dev run" >&2
	exit 2
fi

temporary=
if [ -z "$folder" ]; then
	folder=$(mktemp -d "${TMPDIR:-/tmp}/rewapp-story.XXXXXX")
	temporary=$folder
fi
mkdir -p "$folder"
store=$folder/story.db
server=
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	[ -z "$server" ] || wait "$server" 2>/dev/null || :
	[ -z "$temporary" ] || rm -rf "$temporary"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
rm -f "$store" "$store"-* "$folder"/story.db.keys*
export REWAPP_STORE="sqlite:$store"

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
fi
french=no
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in fr*) french=yes ;; esac

# chapter ENGLISH FRENCH: a heading.  tell: a line of explanation.
pick() { if [ $french = yes ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }
chapter() { printf '\n%s== %s ==%s\n' "$bold" "$(pick "$1" "$2")" "$plain"; }
tell() { printf '%s%s%s\n' "$dim" "$(pick "$1" "$2")" "$plain"; }

# The statements are of September 2026, so the story has its own clock (REWAPP_NOW_MS), which
# the program announces each time; once is enough here.
minute=60000
day=86400000
now=1791187200000 # 2026-10-05 08:00 UTC
quiet() { REWAPP_NOW_MS=$now "$rewapp" "$@" 2>"$folder/stderr" || status=$?; }
run() {
	printf '%s$ rewapp' "$bold"
	for word; do
		case "$word" in *' '*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '%s\n' "$plain"
	wanted=${expect:-0} status=0
	quiet "$@"
	grep -v '^rewapp: sandbox clock$' "$folder/stderr" >&2 || :
	if [ "$status" -ne "$wanted" ]; then
		echo "$0: exit code $status instead of $wanted" >&2
		exit 1
	fi
	expect=0
}

cd "$here/data"
chapter 'A store, partner merchants, a programme, members' 'Une base, des commerçants, un programme, des membres'
tell "One SQLite file. The clock of the story stands at 5 October 2026." \
	"Un seul fichier SQLite. L'horloge du récit est au 5 octobre 2026."
run init
run import merchants merchants.json
run import programmes programme.json
run import members members.json

chapter 'A bank statement comes in' 'Un relevé bancaire arrive'
tell 'OFX 1 in Windows-1252, as French banks give it.' \
	'OFX 1 en Windows-1252, tel que le donnent les banques.'
tell 'Card payments at partners earn; transfers, cash and fees do not.' \
	'Les paiements par carte chez un partenaire rapportent ; pas les virements, retraits et frais.'
run import statement claire-2026-09.ofx --member @claire-morel

chapter 'Why this merchant?' 'Pourquoi ce commerçant ?'
run match 'FACTURE CARTE DU 310826 CARREFOUR CITY PARIS 12 CARTE 4974XXXXXXXX2335' --amount=-32.45 --explain

chapter 'The same statement again, and five other banks' 'Le même relevé, encore, et cinq autres banques'
tell "Nothing is earned twice; every other line is as before." "Rien n'est gagné deux fois."
run import statement claire-2026-09.ofx --member @claire-morel --json >"$folder/again.json"
grep -o '"counts": {[^}]*}' "$folder/again.json"
tell "OFX 2, QIF, and the CSV files of three banks." "OFX 2, QIF, et les CSV de trois banques."
for pair in karim-2026-09.ofx:karim-benali hugo-2026-09.qif:hugo-lefevre ines-boursobank.csv:ines-da-silva \
	lea-societe-generale.csv:lea-fontaine paul-revolut.csv:paul-girard; do
	status=0
	quiet import statement "${pair%:*}" --member "@${pair#*:}" >"$folder/import.txt"
	[ "$status" -eq 0 ] || { cat "$folder/stderr" "$folder/import.txt" >&2 && exit 1; }
	grep "^${pair%:*}" "$folder/import.txt"
	tail -n 1 "$folder/import.txt"
done

chapter "Claire's points, and where each comes from" "Les points de Claire, et d'où vient chacun"
tell "Points wait until the return window of 14 days has passed." \
	"Les points attendent la fin du délai de retour de 14 jours."
run balance @claire-morel
run statement @claire-morel --explain --limit 4

chapter 'A QR code on her phone' 'Un code QR sur son téléphone'
tell "500 points are reserved for 15 minutes; the code holds no name and no number of hers." \
	"500 points sont réservés pour 15 minutes ; le code ne contient ni nom ni numéro."
run qr mint --member @claire-morel --points 500 --id @story-code
status=0
quiet qr mint --member @claire-morel --points 500 --id @story-code --json >"$folder/mint.json"
token=$(sed -n 's/.*"token": *"\([0-9]*\)".*/\1/p' "$folder/mint.json")
run qr show "$token"

chapter 'At the till, five minutes later' 'À la caisse, cinq minutes plus tard'
now=$((now + 5 * minute))
run qr inspect "$token" --merchant @carrefour-city
run qr redeem "$token" --merchant @carrefour-city --terminal caisse-3 --id @ticket-1042
tell "A screenshot of the same code is worth nothing (exit code 1)." \
	"Une capture d'écran du même code ne vaut rien (code de sortie 1)."
expect=1
run qr redeem "$token" --merchant @carrefour-city --terminal caisse-4 --id @ticket-1043
tell "The first till asks again, because its answer was lost: the same receipt." \
	"La première caisse redemande, sa réponse s'étant perdue : le même reçu."
run qr redeem "$token" --merchant @carrefour-city --terminal caisse-3 --id @ticket-1042

chapter 'A purchase at the till, and half of it comes back' 'Un achat en caisse, dont la moitié revient'
run earn --member @claire-morel --merchant @fnac --amount 80.00 --id @ticket-1050 --explain
now=$((now + 2 * day))
run return @ticket-1050 --amount 40.00 --id @return-1

chapter 'A bank line that is not certain waits for a person' "Une ligne incertaine attend quelqu'un"
doubtful='CB BIOCOOP JARDIN LILAS'
expect=1
run earn --member @claire-morel --amount 23.60 --descriptor "$doubtful" --id @line-7
run review list
tell "The answer lets the line earn, and is remembered: the same words are sure the next time." \
	"La réponse fait gagner la ligne et reste en mémoire : les mêmes mots seront sûrs la fois suivante."
run review confirm @line-7 --merchant @biocoop --who 'Ali, support' --id @answer-7
run earn --member @claire-morel --amount 18.20 --descriptor "$doubtful" --id @line-8
run review learnt
tell "Another one is left for the console." "Une autre est laissée pour la console."
expect=1
run earn --member @claire-morel --amount 64.00 --descriptor 'CB CARREFOUR VOYAGES LILLE' --id @line-9

chapter 'Everything adds up' 'Les comptes sont justes'
run statement @claire-morel --limit 6
run balance @claire-morel
run verify

chapter 'The console' 'La console'
key() { "$rewapp" key create "$@" 2>/dev/null; }
platform=$(key --scope platform)
till=$(key --scope terminal --merchant @carrefour-city --terminal caisse-3)
"$rewapp" serve --listen 127.0.0.1:0 >"$folder/serve.out" 2>"$folder/serve.err" &
server=$!

# Port 0 takes a free one; the server tells which.
address=
tries=0
while [ -z "$address" ]; do
	tries=$((tries + 1))
	if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
		cat "$folder/serve.out" "$folder/serve.err" >&2
		echo "$0: the server did not start" >&2
		exit 1
	fi
	sleep 0.1
	port=$(sed -n 's/.*listening on port \([0-9]*\).*/\1/p' "$folder/serve.out")
	address=${port:+http://127.0.0.1:$port}
done
python3 -c 'import sys, urllib.request
with urllib.request.urlopen(sys.argv[1] + "/healthz", timeout=10) as answer:
    sys.exit(answer.status != 200)' "$address"
printf '%s%s/%s\n' "$bold" "$address" "$plain"
printf '  %-13s %s\n' "$(pick 'platform key' 'plateforme')" "$platform" "$(pick 'till key' 'caisse')" "$till"
printf '  %-13s %s\n' "$(pick 'a member' 'un membre')" "@claire-morel"
if [ $once = yes ]; then
	kill "$server"
	wait "$server" || { echo "$0: the server did not stop well" >&2 && exit 1; }
	server=
	tell "The server answered and stopped; that was the story." \
		"Le serveur a répondu puis s'est arrêté ; fin du récit."
	exit 0
fi
tell "Ctrl-C ends it." "Ctrl-C pour terminer."
wait "$server"

/* Every subcommand of the program: NAME, what it does in English and in French.  main.c
 * makes its table and its help of this list; `rewapp NAME` is command_NAME() in NAME.c.
 * argv[0] is the subcommand's own name; the exit code comes back. */
#ifndef REWAPP_COMMANDS_COMMANDS_H
#define REWAPP_COMMANDS_COMMANDS_H

/* clang-format off */
#define COMMAND_MAP(X) \
	X(init, "makes a store", "crée une base") \
	X(import, "takes in merchants, programmes, members or a bank statement", \
		"importe commerçants, programmes, membres ou un relevé bancaire") \
	X(programme, "checks a programme document and runs its tests", \
		"vérifie un document de programme et exécute ses tests") \
	X(match, "tells which merchant a bank line names, and why", \
		"dit quel commerçant une ligne bancaire désigne, et pourquoi") \
	X(review, "answers for bank lines whose merchant is in doubt", \
		"répond pour les lignes bancaires au commerçant douteux") \
	X(earn, "records a purchase, or every card payment of a statement", \
		"enregistre un achat, ou chaque paiement par carte d'un relevé") \
	X(return, "gives back a purchase, whole or in part", "enregistre un retour, entier ou partiel") \
	X(explain, "tells why a purchase got its points", "dit pourquoi un achat a reçu ses points") \
	X(qr, "mints, shows, inspects and redeems QR codes", "crée, montre, examine et encaisse des codes QR") \
	X(balance, "shows a member's points", "montre les points d'un membre") \
	X(tier, "shows a member's tier and what is missing to the next", \
		"montre le statut d'un membre et ce qui manque au suivant") \
	X(achievements, "shows how far a member is with each achievement", \
		"montre où en est un membre pour chaque objectif") \
	X(voucher, "makes, lists and ends vouchers", "crée, liste et annule des bons d'achat") \
	X(gift_card, "sells gift cards and spends of them", "vend des cartes cadeaux et en dépense") \
	X(household, "members share a wallet, each up to his limits", "des membres partagent un compte") \
	X(account, "closes a member's account, and opens it again", "ferme le compte d'un membre, et le rouvre") \
	X(accounts, "shows the chart of accounts with its balances", "montre le plan de comptes et ses soldes") \
	X(transfer, "gives points of a member to another", "donne des points d'un membre à un autre") \
	X(statement, "shows where a member's points came from and went", \
		"montre d'où viennent et où vont les points d'un membre") \
	X(settlement, "tells who owes whom for the points of a period", \
		"dit qui doit quoi à qui pour les points d'une période") \
	X(end_of_day, "records what a day's end has made due", "enregistre ce qu'une fin de journée rend dû") \
	X(verify, "adds the whole ledger up again", "recompte tout le grand livre") \
	X(checkpoint, "signs the books as they are", "signe les livres tels qu'ils sont") \
	X(proof, "proves a command to who holds its receipt", "prouve une opération à qui en a le reçu") \
	X(signals, "lists what in the log looks like fraud", "liste ce qui ressemble à de la fraude") \
	X(events, "reads what happened, with a cursor", "lit ce qui s'est passé, avec un curseur") \
	X(sim, "tries the engine in worlds that a seed draws", "éprouve le moteur dans des mondes tirés d'une graine") \
	X(submit, "carries out commands written in JSON", "exécute des commandes écrites en JSON") \
	X(query, "asks a question written in JSON", "pose une question écrite en JSON")
/* clang-format on */

/* Those that need the HTTP server; see serve.h. */
/* clang-format off */
#define SERVER_COMMAND_MAP(X) \
	X(serve, "serves the HTTP interface and the console", "sert l'interface HTTP et la console") \
	X(key, "makes, lists and revokes API keys", "crée, liste et révoque des clés d'API")
/* clang-format on */

#define COMMAND_DECLARE(name, english, french) int command_##name(int argc, char **argv);
COMMAND_MAP(COMMAND_DECLARE)
#undef COMMAND_DECLARE

#endif

/* The options that tell what a card payment's feed knows beside the bank's text, shared by match and earn. */
#ifndef REWAPP_COMMANDS_FEED_OPTIONS_H
#define REWAPP_COMMANDS_FEED_OPTIONS_H

#include "cli/cli.h"

struct feed_words {
	char *country, *city, *postcode, *merchant_id, *terminal_id, *siret, *creditor_id;
};

/* A row for POPT_ARG_INCLUDE_TABLE would hide them from what frees strings, so they are listed. */
#define FEED_OPTIONS_TABLE(words) \
	{ "country", 0, POPT_ARG_STRING, &(words).country, 0, "of the shop, else of the account", "FR" }, \
		{ "city", 0, POPT_ARG_STRING, &(words).city, 0, "of the shop", "TOWN" }, \
		{ "postcode", 0, POPT_ARG_STRING, &(words).postcode, 0, "of the shop", "75012" }, \
		{ "merchant-id", 0, POPT_ARG_STRING, &(words).merchant_id, 0, \
			"the acquirer's number of the shop's contract", "MID" }, \
		{ "terminal-id", 0, POPT_ARG_STRING, &(words).terminal_id, 0, "of the payment's terminal", \
			"TID" }, \
		{ "siret", 0, POPT_ARG_STRING, &(words).siret, 0, "of the shop", "14 digits" }, \
	{ \
		"creditor-id", 0, POPT_ARG_STRING, &(words).creditor_id, 0, "of a SEPA direct debit", \
			"FR12ZZZ123456" \
	}

#endif

/* A descriptor on its way to a decision: its tokens as letters in one row, and the places where a
 * name of the catalogue was found in them. */
#ifndef REWAPP_MATCHING_LINE_H
#define REWAPP_MATCHING_LINE_H

#include "matching/decide.h"
#include "matching/matcher.h"

/* Links ("ET", "AND") are left out. */
struct line {
	const struct matcher *matcher;
	const struct folded *text;
	const struct descriptor *parsed;
	const struct match_query *query;
	struct match *out;
	int32_t purchase_day; /* days since 1970; INT32_MIN: unknown */
	uint32_t city;        /* hash of the town that the feed tells; 0: none */
	uint16_t length;
	uint16_t starts[REWAPP__TOKENS_MAX + 1];
	uint8_t tokens[REWAPP__TOKENS_MAX];
	uint8_t count;
	char glued[REWAPP__FOLD_MAX + 1 + 4 * REWAPP__TOKENS_MAX];
};

enum form {
	FORM_FULL,
	FORM_JOINED, /* followed, in the same word, by letters that are words: "FNACPARIS" */
	FORM_INSIDE, /* followed by letters that are none */
	FORM_CUT     /* the text holds its beginning only */
};

/* Words beside a hit that it does not explain. */
struct rest {
	int before, after, others, everyday;
	int trades;          /* before the hit, of those that do not count as unexplained */
	bool article, house; /* directly before it: "LE", "ETS" */
	bool named_after;    /* directly before it: "HOTEL DE" */
	bool titled;         /* directly before it: "BAR LE" */
	bool kin, of;        /* directly behind it: "ET FILS", "DE" */
	uint32_t callings;   /* trades that the words beside it name: bit index of words/trade_codes.c */
};

struct hit {
	const struct alias *alias;
	uint8_t first, last; /* tokens */
	uint16_t to;         /* folded position */
	uint16_t seen;       /* letters of the name, when it is cut */
	enum form form;
	uint16_t owners;
	struct rest rest;
};

static inline const struct token *rewapp__token_at(const struct line *line, uint8_t index)
{
	return &line->parsed->tokens[line->tokens[index]];
}

/* True when a word of the hit is no everyday word. */
bool rewapp__hit_has_own_word(const struct line *line, const struct hit *hit);

/* Fills hit->rest; needed once for all owners of a name. */
void rewapp__hit_count_rest(const struct line *line, struct hit *hit);

/* houses.c: what kind of house the word beside the hit makes of it. */
void rewapp__rest_count_house(
	const struct line *line, const struct hit *hit, uint8_t index, struct rest *count);

/* "LE PRINTEMPS", "ETS LECLERC", "PICARD ET FILS", "L'ATELIER DE PAUL", "BAR LE CARREFOUR": houses of their
 * own. */
bool rewapp__hit_is_namesake(const struct hit *hit, const struct facts *facts);

/* The text names a trade that one of the merchant's categories belongs to; that none does. */
bool rewapp__hit_has_own_trade(const struct hit *hit, const struct facts *facts);
bool rewapp__hit_has_other_trade(const struct hit *hit, const struct facts *facts);

/* What speaks for and against the owner of hit->alias. */
void rewapp__hit_weigh(const struct line *line, const struct hit *hit, struct match_candidate *candidate);

/* What speaks for the owner of an id, `alias`, that several others may share. */
void rewapp__id_weigh(const struct line *line, enum evidence_kind kind, const struct alias *alias,
	uint16_t owners, struct match_candidate *candidate);

/* What people said of this very text, `votes` in all: beside other evidence, and (above 0) by itself. */
void rewapp__learnt_add(const struct line *line, int32_t votes, struct match_candidate *candidate);
void rewapp__learnt_weigh(
	const struct line *line, uint32_t slot, int32_t votes, struct match_candidate *candidate);

/* learnt.c: weighs what people said of this very text, when anything was learnt at all. */
void rewapp__line_recall(const struct line *line);

/* Weighs the catalogue's negative texts against the candidates found. */
void rewapp__negatives_weigh(const struct line *line);

/* Keeps the best candidates, each merchant once, best first. */
void rewapp__candidate_keep(struct match *out, const struct match_candidate *candidate);

/* lookup.c: finds names in the line and ids in the query, weighs and keeps them. */
void rewapp__line_build(struct line *line);
void rewapp__line_look_up(struct line *line);

#endif

/* Other houses that bear a merchant's name: a family's, a local one's, one of another trade. */
#include "matching/line.h"
#include "matching/patterns.h"

/* DE, DU, DES, D' */
static bool is_of(const struct line *line, const struct token *token)
{
	return token->flags & WORD_ARTICLE && line->text->text[token->from] == 'D' &&
		token->to - token->from <= 3;
}

/* LE, LA, LES, L' */
static bool is_article(const struct line *line, const struct token *token)
{
	return token->flags & WORD_ARTICLE && line->text->text[token->from] == 'L' &&
		token->to - token->from <= 3;
}

/* "HOTEL DE LA POSTE", "BAR DU CARREFOUR", "PHARMACIE DE CASINO": a trade, or any word where an article
 * follows; not "DRIVE DE CARREFOUR". */
static bool is_named_after(const struct line *line, const struct hit *hit, const struct token *word)
{
	const struct token *of = rewapp__token_at(line, (uint8_t)(hit->first - 1));
	unsigned trade = word->flags >> WORD_TRADE_SHIFT;
	bool article = of->to - of->from == 3 || line->text->text[of->from + 1] == 'U' ||
		rewapp__token_at(line, hit->first)->flags & WORD_ARTICLE;

	if (!is_of(line, of) || trade >= TRADE_KIN || word->flags & WORD_NUMBER)
		return false;
	if (trade || word->flags & WORD_GENERIC)
		return true;
	return article && !(word->flags & (WORD_SHOP | WORD_TOWN | WORD_ARTICLE)) &&
		word->to - word->from > 2;
}

/* What kind of house the word beside the hit makes of it. */
void rewapp__rest_count_house(
	const struct line *line, const struct hit *hit, uint8_t index, struct rest *count)
{
	const struct token *token = rewapp__token_at(line, index);
	unsigned trade = token->flags >> WORD_TRADE_SHIFT;
	bool article = token->flags & WORD_ARTICLE && !(token->flags & WORD_GENERIC);

	if (index + 1 == hit->first) {
		count->article |= article ||
			(token->to - token->from == 1 && line->text->text[token->from] == 'O');
		count->house |= trade == TRADE_HOUSE;
	}
	if (index + 2 == hit->first) {
		count->named_after |= is_named_after(line, hit, token);
		count->titled |= trade && trade < TRADE_KIN &&
			is_article(line, rewapp__token_at(line, (uint8_t)(hit->first - 1)));
	}
	if (index == hit->last + 1) {
		count->house |= trade == TRADE_HOUSE && token->flags & WORD_LEGAL;
		count->of |= article;
		count->kin |= trade == TRADE_KIN;
	}
	if (trade && trade < TRADE_KIN)
		count->callings |= 1u << (trade - 1);
}

static bool is_of_trade(const struct facts *facts, const struct trade *trade)
{
	for (int i = 0; i < REWAPP__TRADE_RANGES && trade->mcc[i][0]; i++)
		if (rewapp__facts_have_mcc(facts, trade->mcc[i][0], trade->mcc[i][1]))
			return true;
	return false;
}

bool rewapp__hit_has_own_trade(const struct hit *hit, const struct facts *facts)
{
	for (size_t i = 0; facts && hit->rest.callings && i < rewapp__trade_count; i++)
		if (hit->rest.callings >> i & 1 && is_of_trade(facts, &rewapp__trades[i]))
			return true;
	return false;
}

bool rewapp__hit_is_namesake(const struct hit *hit, const struct facts *facts)
{
	uint8_t flags = hit->alias->flags;
	bool one_word = (hit->alias->starts & (hit->alias->starts - 1)) == 0;
	bool everyday = flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON);

	if (hit->rest.kin || hit->rest.named_after ||
		(hit->rest.house && one_word && !rewapp__is_strong(flags)) ||
		(hit->rest.titled && !rewapp__hit_has_own_trade(hit, facts)))
		return true;
	if (flags & ALIAS_KNOWN)
		return false;
	return (hit->rest.article && (one_word || everyday)) || (hit->rest.of && everyday);
}

/* Well-known houses have departments of many trades ("CARREFOUR OPTIQUE"). */
bool rewapp__hit_has_other_trade(const struct hit *hit, const struct facts *facts)
{
	return hit->rest.callings && facts && facts->mcc_count && !rewapp__is_strong(hit->alias->flags) &&
		!rewapp__hit_has_own_trade(hit, facts);
}

/* Tickets: what is written is read, and one content has one text. */
#include "evidence/ticket.h"

#include "../run.h"

#include <string.h>

static struct ticket full(void)
{
	struct ticket ticket = {
		.kind = "purchase", .verdict = "ACCEPTED", .name = "Boulangerie de l'Église"
	};

	memset(&ticket.command, 0x1f, sizeof ticket.command);
	memset(&ticket.member, 0x3d, sizeof ticket.member);
	memset(&ticket.merchant, 0x4c, sizeof ticket.merchant);
	memset(&ticket.programme, 0x5b, sizeof ticket.programme);
	memcpy(ticket.currency, "EUR", 4);
	ticket.amount = INT64_MAX;
	ticket.points = INT64_MIN;
	ticket.worth = ticket.available = ticket.pending = ticket.held = ticket.debt = INT64_MIN + 1;
	ticket.occurred_ms = ticket.recorded_ms = ticket.activates_ms = ticket.expires_ms = -1;
	return ticket;
}

START_TEST(what_is_written_is_read)
{
	struct ticket ticket = full(), none = { .amount = 0 }, again;
	char text[TICKET_CAPACITY];
	size_t length = rewapp__ticket_write(&ticket, text);

	ck_assert_uint_eq(length, strlen(text));
	ck_assert(rewapp__ticket_read(text, length, &again));
	ck_assert_int_eq(memcmp(&ticket, &again, sizeof ticket), 0);
	length = rewapp__ticket_write(&none, text);
	ck_assert_str_eq(text, "rewapp ticket 1\n");
	ck_assert(rewapp__ticket_read(text, length, &again));
	ck_assert_int_eq(memcmp(&none, &again, sizeof none), 0);
}
END_TEST

START_TEST(the_longest_ticket_has_room)
{
	struct ticket ticket = full();
	char text[TICKET_CAPACITY];

	memset(ticket.kind, 'k', TICKET_WORD - 1);
	memset(ticket.verdict, 'v', TICKET_WORD - 1);
	memset(ticket.currency, 'c', TICKET_WORD - 1);
	memset(ticket.name, 'n', TICKET_NAME - 1);
	ck_assert_uint_lt(rewapp__ticket_write(&ticket, text), TICKET_CAPACITY);
}
END_TEST

/* A change of any byte gives a text that is refused, or one that says something else. */
START_TEST(a_changed_byte_changes_the_ticket)
{
	struct ticket ticket = full(), again;
	char text[TICKET_CAPACITY];
	size_t length = rewapp__ticket_write(&ticket, text);
	int refused = 0;

	for (size_t at = 0; at < length; at++)
		for (int bit = 0; bit < 8; bit++) {
			text[at] = (char)(text[at] ^ 1 << bit);
			if (!rewapp__ticket_read(text, length, &again))
				refused++;
			else
				ck_assert_int_ne(memcmp(&ticket, &again, sizeof ticket), 0);
			text[at] = (char)(text[at] ^ 1 << bit);
		}
	ck_assert_int_gt(refused, 0);
	for (size_t cut = 0; cut < length; cut++)
		if (rewapp__ticket_read(text, cut, &again))
			ck_assert_int_ne(memcmp(&ticket, &again, sizeof ticket), 0);
}
END_TEST

START_TEST(only_one_way_of_writing_is_read)
{
	static const char *const texts[] = { "", "rewapp ticket 1", "rewapp ticket 2\n",
		"rewapp ticket 1\n\n", "rewapp ticket 1\nkind purchase", "rewapp ticket 1\nkind \n",
		"rewapp ticket 1\namount 0\n", "rewapp ticket 1\namount 01\n", "rewapp ticket 1\namount -0\n",
		"rewapp ticket 1\namount +1\n", "rewapp ticket 1\namount 1 \n",
		"rewapp ticket 1\namount  1\n", "rewapp ticket 1\namount -\n",
		"rewapp ticket 1\namount 9223372036854775808\n", "rewapp ticket 1\namount 1\namount 1\n",
		"rewapp ticket 1\namount 1\nkind purchase\n", "rewapp ticket 1\namounts 1\n",
		"rewapp ticket 1\nkind pur\tchase\n",
		"rewapp ticket 1\ncommand 00000000000000000000000000000000\n",
		"rewapp ticket 1\ncommand 0000000000000000000000000000000A\n",
		"rewapp ticket 1\ncommand 000000000000000000000000000001\n",
		"rewapp ticket 1\nkind abcdefghijklmnopqrstuvwxyzabcdefg\n" };
	struct ticket ticket;

	for (int i = 0; i < ROWS(texts); i++)
		ck_assert_msg(!rewapp__ticket_read(texts[i], strlen(texts[i]), &ticket), "%s", texts[i]);
	ck_assert(!rewapp__ticket_read("rewapp ticket 1\nkind a\0b\n", 25, &ticket));
}
END_TEST

/* A merchant cannot write a line of somebody's ticket into its own name. */
START_TEST(a_name_smuggles_no_line)
{
	struct ticket ticket = { .name = "Bon\npoints 1000000" }, again;
	char text[TICKET_CAPACITY];
	size_t length = rewapp__ticket_write(&ticket, text);

	ck_assert_str_eq(text, "rewapp ticket 1\nname Bon?points 1000000\n");
	ck_assert(rewapp__ticket_read(text, length, &again));
	ck_assert_int_eq(again.points, 0);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, what_is_written_is_read);
	tcase_add_test(all, the_longest_ticket_has_room);
	tcase_add_test(all, a_changed_byte_changes_the_ticket);
	tcase_add_test(all, only_one_way_of_writing_is_read);
	tcase_add_test(all, a_name_smuggles_no_line);
}

int main(void)
{
	return run_suite("tickets", add);
}

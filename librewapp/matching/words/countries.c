/* Countries that bank text names by their codes. */
#include "matching/patterns.h"

const struct country rewapp__countries[] = {
	/* clang-format off */
	{ "FRA", "FR" }, { "GBR", "GB" }, { "DEU", "DE" }, { "USA", "US" }, { "ESP", "ES" }, { "ITA", "IT" },
	{ "BEL", "BE" }, { "NLD", "NL" }, { "LUX", "LU" }, { "CHE", "CH" }, { "IRL", "IE" }, { "PRT", "PT" },
	{ "AUT", "AT" }, { "DNK", "DK" }, { "SWE", "SE" }, { "NOR", "NO" }, { "FIN", "FI" }, { "POL", "PL" },
	{ "CZE", "CZ" }, { "HUN", "HU" }, { "ROU", "RO" }, { "BGR", "BG" }, { "GRC", "GR" }, { "TUR", "TR" },
	{ "HRV", "HR" }, { "SVN", "SI" }, { "SVK", "SK" }, { "EST", "EE" }, { "LVA", "LV" }, { "LTU", "LT" },
	{ "ISL", "IS" }, { "MLT", "MT" }, { "CYP", "CY" }, { "MCO", "MC" }, { "AND", "AD" }, { "CAN", "CA" },
	{ "MEX", "MX" }, { "BRA", "BR" }, { "ARG", "AR" }, { "CHL", "CL" }, { "AUS", "AU" }, { "NZL", "NZ" },
	{ "JPN", "JP" }, { "CHN", "CN" }, { "HKG", "HK" }, { "SGP", "SG" }, { "THA", "TH" }, { "VNM", "VN" },
	{ "KOR", "KR" }, { "TWN", "TW" }, { "IND", "IN" }, { "IDN", "ID" }, { "MYS", "MY" }, { "PHL", "PH" },
	{ "ARE", "AE" }, { "ISR", "IL" }, { "MAR", "MA" }, { "TUN", "TN" }, { "DZA", "DZ" }, { "EGY", "EG" },
	{ "SEN", "SN" }, { "CIV", "CI" }, { "ZAF", "ZA" }, { "KEN", "KE" }, { "REU", "RE" }, { "GLP", "GP" },
	{ "MTQ", "MQ" }, { "GUF", "GF" },
	/* clang-format on */
};

const size_t rewapp__country_count = sizeof rewapp__countries / sizeof *rewapp__countries;

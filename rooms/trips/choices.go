package trips

import "yunqiao/kernel/access"

// Matter is the name under which the office looks after trips.
const Matter = "trips"

// deciders may take the decisions of a life.
var deciders = []access.Role{access.Head, access.Admin}

// keepers keep records: whoever only files for a unit does not. registrars put right what no approval here has brought
// about: the moves that approvals make are theirs and the program's.
var (
	keepers    = []access.Role{access.Officer, access.Head, access.Admin}
	registrars = []access.Role{access.Admin}
)

// The values of choices.
var (
	Ranks      = []string{"provincial", "bureau", "county_head", "division", "section", "none"}
	People     = []string{"official", "academic", "enterprise", "retired", "rehired", "other"}
	Caps       = []string{"none", "two_years", "two_in_term", "yearly", "need"}
	Missions   = []string{"working", "conference", "mechanism", "special", "emergency", "sport", "performance", "exhibition", "training", "academic", "enterprise", "study_tour", "ceremony", "favour"}
	Areas      = []string{"trade", "science", "education", "culture", "health", "security", "party", "general"}
	Joints     = []string{"none", "ministry", "province", "local"}
	Inviters   = []string{"counterpart", "person", "overseas", "mission_here", "intermediary", "own_firm", "other"}
	Exemptions = []string{"none", "leaders", "centre", "emergency", "special", "secret"}
	Funds      = []string{"own", "finance", "project", "host", "enterprise", "sponsor", "lower"}
	Charges    = []string{"charged", "neighbour", "academic", "case"}
	PubStates  = []string{"none", "draft", "published", "suspended", "done", "exempt"}
	Leads      = []string{"one", "schengen", "several"}
	Results    = []string{"accepted", "refused"}
	Roles      = []string{"head", "member", "interpreter", "staff", "spouse", "child"}
	Consents   = []string{"not_needed", "asked", "confirmed", "refused"}
	Means      = []string{"flight", "train", "road", "ship", "foot"}
	Carriers   = []string{"own", "foreign"}
	Halves     = []string{"am", "pm", "evening"}
	ItemKinds  = []string{"official", "travel", "rest", "sight", "ceremony"}
	Costs      = []string{"fare", "intercity", "lodging", "meals", "misc", "train_meals", "transfer", "conference", "banquet", "visa", "insurance", "vaccination", "other"}
	Layers     = []string{"national", "border", "enterprise"}
	Scopes     = []string{"city", "other", "country"}
	EntryKinds = []string{"reserve", "post", "release", "reverse", "exempt", "lift"}
	Phases     = []string{"before", "after"}
	Afters     = []string{"resume", "restart", "stop"}
	Custodies  = []string{"each", "undertaking"}
	Papers     = []string{"request", "members", "invitation", "profile", "itinerary", "budget_form", "record_form", "publicity", "budget_note", "identity", "commitment", "history", "notice", "confirmation", "training", "connection", "academic", "necessity", "control", "report", "passport_pages", "receipts", "early_exit"}
	Sexes      = []string{"m", "f"}
	Cabins     = []string{"economy", "business", "first"}
	Stages     = []string{"draft", "ready_for_publicity", "in_publicity", "publicity_suspended", "publicity_done", "ready_to_submit", "submitted", "returned_for_supplement", "under_review", "awaiting_opinions", "at_higher_authority", "approved", "amendment_pending", "cleared_to_depart", "abroad", "returned", "closing", "report_filed", "disclosed", "archived", "refused", "cancelled"}
)

package stories

import (
	"reflect"
	"slices"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// room is the name under which the room writes what nobody writes by hand.
const room = "stories"

// The guards read stories, so they cannot stand in their declarations.
func init() {
	Stories.Before(guard)
	Stories.Then(keepTold)
	Pictures.Before(keepShown)
	Columns.Then(oneKey)
}

// asRoom does something in the name of the room.
func asRoom(tx *store.Tx, do func() error) error { return store.AsProgram(&tx.View, room, do) }

// pastOf is a story as it is held before the save that is being made; nil when it is new.
func pastOf(v *store.View, x *Story) (*Story, error) {
	if x.VID == "" {
		return nil, nil
	}
	past, err := record.Load(v, Stories, x.ID)
	if fault.KindOf(err) == fault.Missing {
		return nil, nil
	}
	return past, err
}

// byHand are the moves that a person makes; all others are made by the acts of the room.
var byHand = map[string][]string{Drafted: {InReview, Dropped}, InReview: {Drafted, Dropped}, Scheduled: {Drafted}, Published: {Withdrawn}}

// guard is asked before every save of a story, by whatever way it comes: who wrote it is noted and not typed; nobody makes
// a reading or a publication by hand; and what everyone may read does not change.
func guard(v *store.View, x *Story) error {
	if v.Who.System { // the room itself, and what the office's pack brings
		return nil
	}
	past, err := pastOf(v, x)
	if err != nil {
		return err
	}
	was := Stories.New()
	was.State = Drafted
	if past != nil {
		was = past
	}
	x.Number, x.Published, x.Corrects, x.Publisher = was.Number, was.Published, was.Corrects, was.Publisher
	x.Writer, x.Proposer = was.Writer, was.Proposer
	state := x.State
	if state == "" {
		state = Drafted
	}
	changed := past == nil || !sameContent(was, x)
	x.Standings = noted(was, x, v.Who.ID)
	switch {
	case slices.Contains([]string{Corrected, Withdrawn, Dropped}, was.State):
		return fault.New(fault.Invalid, "stories.guard.over", nil)
	case state != was.State && !slices.Contains(byHand[was.State], state):
		return fault.New(fault.Invalid, "stories.guard.by_hand", nil)
	case was.State == Published && changed:
		if err := onlyUnread(was, x); err != nil {
			return err
		}
		return nil
	case slices.Contains([]string{InReview, Scheduled}, was.State) && changed:
		return fault.New(fault.Invalid, "stories.guard.proposed", nil)
	}
	if changed {
		x.Writer = v.Who.ID
	}
	if state == InReview && was.State != InReview {
		x.Proposer = v.Who.ID
	}
	return nil
}

// noted are the readings of a story after a change: what was not touched stands as it stood, and of a text that was, it is
// kept who wrote it.
func noted(was, x *Story, who string) []Standing {
	out := slices.Clone(was.Standings)
	for _, l := range translate.Langs {
		if l == Source || x.textIn(l) == was.textIn(l) {
			continue
		}
		out = slices.DeleteFunc(out, func(s Standing) bool { return s.Lang == string(l) })
		if x.Title[l]+x.Body[l] != "" {
			out = append(out, Standing{Lang: string(l), State: Draft, Translator: who})
		}
	}
	return out
}

// onlyUnread holds that nothing changes of a published story but texts that nobody sees yet.
func onlyUnread(was, x *Story) error {
	for _, l := range was.Public() {
		if was.textIn(l) != x.textIn(l) {
			return fault.New(fault.Invalid, "stories.guard.published", nil)
		}
	}
	if !reflect.DeepEqual(sharedOf(was), sharedOf(x)) || was.textIn(Source) != x.textIn(Source) {
		return fault.New(fault.Invalid, "stories.guard.published", nil)
	}
	return nil
}

// sharedOf is what all languages of a story share.
func sharedOf(x *Story) []string {
	out := []string{x.Column, x.Cover, x.Video, x.Goes}
	for _, list := range [][]string{x.Pictures, x.Places, x.Ties, x.Editions} {
		out = append(out, "-")
		out = append(out, list...)
	}
	return out
}

func sameContent(a, b *Story) bool {
	for _, l := range translate.Langs {
		if a.textIn(l) != b.textIn(l) {
			return false
		}
	}
	return reflect.DeepEqual(sharedOf(a), sharedOf(b))
}

// keepTold holds that what was published is not struck from the record as if it had never been: it is withdrawn.
func keepTold(tx *store.Tx, x *Story) error {
	if x.Published != "" && !tx.Who.System && (x.Act == record.ActWithdraw || x.Act == record.ActMerge) {
		return fault.New(fault.Invalid, "stories.guard.told", nil)
	}
	return nil
}

// keepShown holds that a picture which everyone may see stays as it is: words may be added in a language that had none.
func keepShown(v *store.View, p *Picture) error {
	if v.Who.System || p.VID == "" {
		return nil
	}
	past, err := record.Load(v, Pictures, p.ID)
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			return nil
		}
		return err
	}
	same := past.File.Digest == p.File.Digest
	for _, l := range translate.Langs {
		same = same && (past.Alt[l] == "" || past.Alt[l] == p.Alt[l]) && past.Credit[l] == p.Credit[l]
	}
	if same {
		return nil
	}
	var n int
	err = v.One("SELECT count(*) FROM {story} x WHERE x.state IN ('in_review', 'scheduled', 'published') AND (x.cover = ? OR x.pictures LIKE ?)", []any{p.ID, "%\"" + p.ID + "\"%"}, &n)
	if err == nil && n > 0 {
		return fault.New(fault.Invalid, "stories.guard.picture", nil)
	}
	return err
}

// oneKey holds that no two columns have one address.
func oneKey(tx *store.Tx, x *Column) error {
	return asRoom(tx, func() error {
		var n int
		if err := tx.One("SELECT count(*) FROM {storycolumn} x WHERE x.key = ? AND x.id <> ?", []any{x.Key, x.ID}, &n); err != nil || n == 0 {
			return err
		}
		return fault.At("key", "stories.column_twice", fault.Args{"key": x.Key})
	})
}

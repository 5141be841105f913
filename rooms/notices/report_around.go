package notices

import (
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Around is what the public pages show beside notices, out of registers of the office that anyone may know.
type Around struct {
	Ports    []PortSeen
	Services []OfferSeen
	Releases []ReleaseSeen
	Parts    []leaf.Part // what other rooms show on pages of their own
}

// PortSeen is a port as the public sees it: whether one may pass there today.
type PortSeen struct {
	Names    translate.Text
	Place    string // at which the notices of the port hold
	Standing string // passes, partly, unknown or shut
	Sides    []SideSeen
	Sample   bool
}

// SideSeen is one side of a port, with its hours by its own clock.
type SideSeen struct {
	Names                translate.Text
	Passers              string // who may pass, when not everyone may
	Opens, Closes, Clock string
}

// OfferSeen is something the office does for those who ask.
type OfferSeen struct {
	Names, Needs translate.Text
	Days         int // within which it is answered; 0 when nothing is promised
	Sample       bool
}

// ReleaseSeen is a sealed release that anyone may read.
type ReleaseSeen struct {
	Titles translate.Text
	Code   string
	Day    string // on which its figures hold
	Sample bool
}

// Besides reads what the public pages show beside notices. It is given the stamp of what is shown now, and answers with
// nothing when that is still so, and always with the stamp of now.
type Besides func(v *store.View, stamp string) (*Around, string, error)

// slower is for how many milliseconds the press does not ask the registers of other rooms again.
const slower = 1000

// look reads what is shown beside notices; it tells whether that has changed.
func (p *Press) look(v *store.View, now int64) (bool, error) {
	if p.Beside == nil || p.looked > 0 && now-p.looked < slower && now >= p.looked {
		return false, nil
	}
	around, stamp, err := p.Beside(v, p.besideStamp)
	if err != nil {
		return false, err
	}
	p.looked, p.besideStamp = now, stamp
	if around == nil {
		return false, nil
	}
	p.around = *around
	return true, nil
}

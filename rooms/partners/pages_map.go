package partners

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Layer is lines that the office itself loads over the land of the large map. The program draws no boundary of its own.
type Layer struct {
	Body           []byte      // GeoJSON
	Lines          [][]float64 // the same for the picture: longitude and latitude in turn
	Source, Review string      // who drew it, and the number under which it was approved
}

// largeMap is the address of the large map with the filters of this page.
func largeMap(c *web.Call) string {
	if q := c.R.URL.RawQuery; q != "" {
		return "/partners/map?" + q
	}
	return "/partners/map"
}

// asked reads the filter of the network from the address. Of a past day the ties without a beginning are left out
// unless they are asked for.
func asked(c *web.Call, v *store.View) (f Filter, err error) {
	q := c.R.URL.Query()
	f = Filter{Country: q["country"], Rank: q["rank"], Kind: q["kind"], Grade: q["grade"], State: q["state"],
		Begun: v.ValidOn < c.Site.Store.Clock.Today() && q.Get("undated") == ""}
	if f.From, err = clock.ParseWhen(q.Get("signed.from")); err != nil {
		return f, fault.At("signed", "record.field.not_when", fault.Args{"value": q.Get("signed.from")})
	}
	if f.To, err = clock.ParseWhen(q.Get("signed.to")); err != nil {
		return f, fault.At("signed", "record.field.not_when", fault.Args{"value": q.Get("signed.to")})
	}
	return f, nil
}

// atlasPage shows the network on a large map, with every place in a list beside it.
func (r *Room) atlasPage(c *web.Call, v *store.View) (web.Reply, error) {
	v, err := chosenDay(c, v)
	if err != nil {
		return nil, err
	}
	f, err := asked(c, v)
	if err != nil {
		return nil, err
	}
	n, err := ReadNetwork(v, f)
	if err != nil {
		return nil, err
	}
	m, notes := networkMap(c, &n)
	m.Width = 960
	for i := range m.Points {
		// A place with several ties leads to them in the list of the network.
		if m.Points[i].Href != "" && m.Points[i].Count > 1 {
			m.Points[i].Href = "/partners" + m.Points[i].Href[len(c.R.URL.Path):] + "#list"
		}
	}
	k := c.Kit()
	large := kit.LargeMap{Map: m, List: "places"}
	if r.Layer != nil {
		large.Layer = kit.MapLayer{Href: "/partners/map/layer", Source: r.Layer.Source, Review: r.Layer.Review, Lines: r.Layer.Lines}
	}
	places := slices.Clone(m.Points)
	slices.SortStableFunc(places, func(a, b kit.Point) int {
		if a.Home != b.Home {
			return map[bool]int{true: -1, false: 1}[a.Home]
		}
		return cmp.Compare(b.Count, a.Count)
	})
	head := head(c, "map", n.Day)
	head.Sub = c.Say("partners.page.network.sub", "day", n.Day.String())
	body := kit.Beside(k, kit.Split{Left: kit.Panel(k, kit.Section{ID: "map", Title: c.Say("partners.page.map"), Body: inBody(kit.LargeMaps(k, large), notes)}),
		Right: kit.Panel(k, kit.Section{ID: "list", Title: c.Say("partners.page.map.places"), Count: strconv.Itoa(len(places)),
			Body: kit.MapPlaces(k, "places", c.Say("partners.page.map.places"), places)})})
	return c.Show(head, stack(append(beginnings(c, &n, f), body))), nil
}

// layer gives the office's own lines; where there are none, an empty layer.
func (r *Room) layer(_ *web.Call, _ *store.View) (web.Reply, error) {
	body := []byte(`{"type":"FeatureCollection","features":[]}`)
	if r.Layer != nil {
		body = r.Layer.Body
	}
	return web.Bytes{Status: http.StatusOK, Type: "application/geo+json", Body: body}, nil
}

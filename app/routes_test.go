package app_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/web"
)

// routeList is every address of the program with what it asks of its visitor. People keep addresses: in letters, in
// bookmarks, in programs.
const routeList = "testdata/routes.list"

const newRoute = "is new: go test ./app -run TestRoutesDoNotVanish -update"

// TestRoutesDoNotVanish: an address that was once there stays, and asks what it asked. With -update new ones are added;
// nothing is ever replaced.
func TestRoutesDoNotVanish(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(routeList)
	if err != nil && !*update {
		t.Fatal(err)
	}
	found, all := checkRoutes(string(raw), openStage(t, "sqlite", nil).Routes())
	if *update {
		if err := os.WriteFile(routeList, []byte(all), 0o644); err != nil {
			t.Fatal(err)
		}
		found = slices.DeleteFunc(found, func(f string) bool { return strings.HasSuffix(f, newRoute) })
	}
	expectNone(t, found)
}

func routeKey(r web.Route) string { return strings.TrimSpace(r.Method + " " + r.Pattern) }

func checkRoutes(list string, routes []web.Route) (found []string, all string) {
	known, now := map[string]string{}, map[string]bool{}
	for _, l := range policyLines(list) {
		key, need, _ := strings.Cut(l, "\t")
		known[strings.TrimSpace(key)] = strings.TrimSpace(need)
	}
	for _, r := range routes {
		key, need := routeKey(r), r.Need.String()
		now[key] = true
		switch {
		case !r.Need.Stated():
			found = append(found, key+": states no need")
		case known[key] == "":
			found, known[key] = append(found, key+": "+newRoute), need
		case known[key] != need:
			found = append(found, fmt.Sprintf("%s: asks %q now; %s says %q. If that is meant, change the line by hand", key, need, routeList, known[key]))
		}
	}
	var lines []string
	for key, need := range known {
		if !now[key] {
			found = append(found, key+": is gone, but people keep its address: answer it with a redirect to what took its place")
		}
		lines = append(lines, key+"\t"+need+"\n")
	}
	slices.SortFunc(lines, byAddress)
	slices.Sort(found)
	return found, strings.Join(lines, "")
}

// byAddress puts lines in the order of their addresses, so that what belongs together stands together.
func byAddress(a, b string) int {
	at := func(s string) string { return s[strings.Index(s, "/"):] + s }
	return strings.Compare(at(a), at(b))
}

func TestRoutesFindPlantedFaults(t *testing.T) {
	t.Parallel()
	routes := []web.Route{{Method: "GET", Pattern: "/a", Need: access.See("tie")}, {Method: "POST", Pattern: "/new", Need: access.See("tie")},
		{Method: "GET", Pattern: "/mute"}}
	found, all := checkRoutes("GET /a\tanyone\nGET /gone\tsee tie\n", routes)
	expectFound(t, found, `GET /a: asks "see tie" now`, "POST /new: is new", "GET /gone: is gone", "GET /mute: states no need")
	if want := "GET /a\tanyone\nGET /gone\tsee tie\nPOST /new\tsee tie\n"; all != want {
		t.Errorf("the new list should keep old lines and add new ones; got\n%s", all)
	}
}

package paper

import (
	"math"
	"strconv"
	"strings"

	"yunqiao/kernel/chart"
)

// A chart in a DOCX is a chart of the word processor's own (ECMA-376, part 1, 21.2), with its values in it: it is drawn
// sharp at any size, and a reader can take the values out of it.

// chartWidth and chartHeight are in the units of the format, 360,000 to a centimetre: the width of the text.
const (
	chartWidth  = 5731200
	chartHeight = 2520000
)

var chartInks = [...]string{"1D6673", "8FC0C7", "8A5A10", "4D4F94", "C39CB8", "6D757B"}

// drawing is the place of the last chart in the text.
func (x *docx) drawing(pic drawn) string {
	id := strconv.Itoa(len(x.charts))
	return `<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="` + strconv.Itoa(chartWidth) + `" cy="` + strconv.Itoa(chartHeight) +
		`"/><wp:docPr id="` + id + `" name="` + escape(pic.title) + `" descr="` + escape(pic.say) + `"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">` +
		`<c:chart r:id="chart` + id + `"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`
}

// chartPart is the part of the package that holds a chart; "" where there is nothing to draw.
func chartPart(v chart.Spec) string {
	p := plotOf(v)
	if len(p.series) == 0 || len(p.labels) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(xmlHead + `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>`)
	b.WriteString(`<c:` + p.kind + `>`)
	if p.kind == "barChart" {
		b.WriteString(`<c:barDir val="` + p.dir + `"/>`)
	}
	b.WriteString(`<c:grouping val="` + p.grouping + `"/><c:varyColors val="0"/>`)
	for i, s := range p.series {
		p.one(&b, i, s)
	}
	switch {
	case p.kind == "barChart" && p.grouping == "stacked":
		b.WriteString(`<c:gapWidth val="60"/><c:overlap val="100"/>`)
	case p.kind == "barChart":
		b.WriteString(`<c:gapWidth val="60"/>`)
	case p.between:
		b.WriteString(`<c:hiLowLines><c:spPr><a:ln w="57150"><a:solidFill><a:srgbClr val="8FC0C7"/></a:solidFill></a:ln></c:spPr></c:hiLowLines><c:marker val="1"/>`)
	case p.kind == "lineChart":
		b.WriteString(`<c:marker val="1"/>`)
	}
	b.WriteString(`<c:axId val="1"/><c:axId val="2"/></c:` + p.kind + `>`)
	p.axes(&b)
	b.WriteString(`</c:plotArea>`)
	if p.legend {
		b.WriteString(`<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>` +
		`<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr></c:chartSpace>`)
	return b.String()
}

// plot is a chart in the terms of the format.
type plot struct {
	kind, dir, grouping string
	labels              []string
	series              []plotSeries
	legend              bool
	between             bool // lines join the values of a label, without marks along the series
	unit                string
}

type plotSeries struct {
	title, ink string // no ink is not seen
	values     []float64
	inks       map[int]string // of single bars
	mark       bool           // a mark and its value, without a line
	hidden     bool
}

func plotOf(v chart.Spec) plot {
	p := plot{kind: "barChart", dir: "col", grouping: "clustered", labels: v.Labels, unit: v.Unit, legend: len(v.Series) > 1}
	switch v.Form {
	case chart.Flow:
		return p.flow(v)
	case chart.Line:
		p.kind, p.grouping = "lineChart", "standard"
	case chart.Area:
		p.kind, p.grouping = "areaChart", "stacked"
	case chart.Stacked:
		p.grouping = "stacked"
	case chart.Dots:
		p.kind, p.grouping, p.between, p.legend = "lineChart", "standard", true, false
		for _, s := range v.Series {
			for _, ends := range [][]float64{s.High, s.Low} {
				if len(ends) > 0 {
					p.series = append(p.series, plotSeries{title: v.Title, values: ends, hidden: true})
				}
			}
			p.series = append(p.series, plotSeries{title: v.Title, ink: chartInks[0], values: s.Values, mark: true})
		}
		return p
	case chart.Bar:
		if len(v.Days) == 0 && len(v.Labels) > 3 {
			p.dir = "bar" // names of figures are long, and are read lying
		}
	}
	for i, s := range v.Series {
		title := s.Title
		if title == "" {
			title = v.Title
		}
		p.series = append(p.series, plotSeries{title: title, ink: chartInks[i%len(chartInks)], values: s.Values})
	}
	return p
}

// flow stands each movement on what was before it, which is not seen.
func (p plot) flow(v chart.Spec) plot {
	p.grouping, p.labels = "stacked", nil
	under, seen := plotSeries{title: v.Title, hidden: true}, plotSeries{title: v.Title, ink: chartInks[0], inks: map[int]string{}}
	level := 0.0
	for i, s := range v.Steps {
		p.labels = append(p.labels, s.Title)
		if s.Total {
			level = s.Value
			under.values, seen.values = append(under.values, 0), append(seen.values, s.Value)
			seen.inks[i] = "44525A"
			continue
		}
		under.values, seen.values = append(under.values, min(level, level+s.Value)), append(seen.values, math.Abs(s.Value))
		if s.Value < 0 {
			seen.inks[i] = "B07A1C"
		}
		level += s.Value
	}
	p.series = []plotSeries{under, seen}
	return p
}

func (p plot) one(b *strings.Builder, i int, s plotSeries) {
	n := strconv.Itoa(i)
	paint := `<a:solidFill><a:srgbClr val="` + s.ink + `"/></a:solidFill>`
	b.WriteString(`<c:ser><c:idx val="` + n + `"/><c:order val="` + n + `"/><c:tx><c:v>` + escape(s.title) + `</c:v></c:tx>`)
	switch {
	case s.hidden:
		b.WriteString(`<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>`)
	case s.mark:
		b.WriteString(`<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>`)
	case p.kind == "lineChart":
		b.WriteString(`<c:spPr><a:ln w="22225">` + paint + `</a:ln></c:spPr>`)
	default:
		b.WriteString(`<c:spPr>` + paint + `</c:spPr>`)
	}
	if p.kind == "lineChart" {
		if s.hidden {
			b.WriteString(`<c:marker><c:symbol val="none"/></c:marker>`)
		} else {
			shape := [...]string{"circle", "diamond", "square", "triangle"}[i%4]
			if s.mark {
				shape = "circle"
			}
			b.WriteString(`<c:marker><c:symbol val="` + shape + `"/><c:size val="7"/><c:spPr>` + paint + `</c:spPr></c:marker>`)
		}
	}
	if p.kind == "barChart" {
		b.WriteString(`<c:invertIfNegative val="0"/>`)
		for at := range s.values {
			if ink := s.inks[at]; ink != "" {
				b.WriteString(`<c:dPt><c:idx val="` + strconv.Itoa(at) + `"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr><a:solidFill><a:srgbClr val="` + ink + `"/></a:solidFill></c:spPr></c:dPt>`)
			}
		}
	}
	if !s.hidden && p.kind != "areaChart" && (!p.legend || len(s.values) <= 6) {
		where := ""
		switch {
		case p.kind == "lineChart":
			where = `<c:dLblPos val="t"/>`
		case p.grouping == "clustered":
			where = `<c:dLblPos val="outEnd"/>`
		}
		light := ""
		if p.grouping == "stacked" {
			light = `<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></c:spPr>`
		}
		b.WriteString(`<c:dLbls>` + light + where + `<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`)
	}
	b.WriteString(`<c:cat><c:strLit><c:ptCount val="` + strconv.Itoa(len(p.labels)) + `"/>`)
	for at, l := range p.labels {
		b.WriteString(`<c:pt idx="` + strconv.Itoa(at) + `"><c:v>` + escape(l) + `</c:v></c:pt>`)
	}
	b.WriteString(`</c:strLit></c:cat><c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="` + strconv.Itoa(len(s.values)) + `"/>`)
	for at, f := range s.values {
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			b.WriteString(`<c:pt idx="` + strconv.Itoa(at) + `"><c:v>` + decimal(f) + `</c:v></c:pt>`)
		}
	}
	b.WriteString(`</c:numLit></c:val>`)
	if p.kind == "lineChart" {
		b.WriteString(`<c:smooth val="0"/>`)
	}
	b.WriteString(`</c:ser>`)
}

func (p plot) axes(b *strings.Builder) {
	at, across, turn := "b", "l", ""
	if p.dir == "bar" {
		at, across, turn = "l", "b", `<c:orientation val="maxMin"/>`
	}
	if turn == "" {
		turn = `<c:orientation val="minMax"/>`
	}
	crosses := `<c:crosses val="autoZero"/>`
	if p.dir == "bar" {
		crosses = `<c:crosses val="max"/>` // the names begin above, the values stand below
	}
	b.WriteString(`<c:catAx><c:axId val="1"/><c:scaling>` + turn + `</c:scaling><c:delete val="0"/><c:axPos val="` + at + `"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>`)
	b.WriteString(`<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="` + across + `"/><c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D9DEE0"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>`)
	if p.unit != "" {
		b.WriteString(`<c:title><c:tx><c:rich><a:bodyPr rot="0"/><a:lstStyle/><a:p><a:r><a:rPr lang="en-US" sz="900" b="0"/><a:t>` + escape(p.unit) + `</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>`)
	}
	b.WriteString(`<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/>` + crosses + `</c:valAx>`)
}

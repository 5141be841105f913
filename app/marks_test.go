package app_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"yunqiao/kernel/kerneltest"
)

// TestMarksArePutIn: whoever writes a story and knows no marks presses the buttons over its text, in either language of the
// staff, on a desk and on the narrowest phone; what they put in is shown beside it as readers will see it.
func TestMarksArePutIn(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "mini")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	officer := signedIn(t, srv.URL, "officer")
	tab := kerneltest.Browser(t)
	for lang, words := range map[string][2]string{"en": {"words", "Heading"}, "zh": {"文字", "小标题"}} {
		for _, size := range []kerneltest.Size{kerneltest.Desk, kerneltest.Narrow} {
			tab.Visit(srv.URL+"/stories/write?lang="+lang, kerneltest.Look{Size: size, Cookies: officer.Cookies()})
			tab.Sound("writing a story " + lang)
			press := func(from, to int, mark string) string {
				return kerneltest.Eval[string](tab, `((from, to, mark) => {
					const t = document.querySelector('[name="zh.body.zh"]');
					if (to >= 0) t.setSelectionRange(from, to); else t.setSelectionRange(t.value.length, t.value.length);
					t.closest(".langrow").previousElementSibling.querySelector('[data-mark="' + mark.replace("\n", "\\a ") + '"]').click();
					return t.value;
				})(`+fmt.Sprintf("%d, %d, %q", from, to, mark)+`)`)
			}
			if got := kerneltest.Eval[string](tab, `document.querySelector('[name="zh.body.zh"]').closest(".langrow").previousElementSibling.innerText`); !strings.Contains(got, words[1]) {
				t.Errorf("%s: the buttons say %q", lang, got)
			}
			kerneltest.Eval[bool](tab, `(() => { document.querySelector('[name="zh.body.zh"]').value = "一\n二\n三"; document.querySelector('[name="in"]').value = "zh"; return true })()`)
			for _, x := range []struct {
				from, to int
				mark     string
				want     string
			}{
				{0, 0, "# ", "# 一\n二\n三"},
				{5, 7, "- ", "# 一\n- 二\n- 三"},
				{2, 3, "**…**", "# **一**\n- 二\n- 三"},
				{0, -1, "\n{picture 1}", "# **一**\n- 二\n- 三\n{picture 1}\n"},
				{0, -1, "[…](https://)", "# **一**\n- 二\n- 三\n{picture 1}\n[" + words[0] + "](https://)"},
			} {
				if got := press(x.from, x.to, x.mark); got != x.want {
					t.Errorf("%s: after %q the text is %q; want %q", lang, x.mark, got, x.want)
				}
			}
			if got := kerneltest.Eval[string](tab, `(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.querySelector('[name="zh.body.zh"]'))`); got != words[0] {
				t.Errorf("%s: %q is chosen to be typed over", lang, got)
			}
			tab.Until(`[...document.querySelectorAll("#story-preview li")].some(l => l.textContent.trim() == "二")`)
			kerneltest.Eval[bool](tab, `(() => { const a = document.querySelector("[data-leave]"); a.addEventListener("click", e => e.preventDefault()); a.click(); return true })()`) // or the browser asks whether to leave
		}
	}
}

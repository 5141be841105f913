package kit

var importSteps = []string{"upload", "columns", "dry", "run", "done"}

func stepState(n, now int) string {
	switch {
	case n < now:
		return "done"
	case n == now:
		return "cur"
	}
	return "todo"
}

func cellWord(k MatrixCell) string {
	if k.Count != "" {
		return k.Status.Word + " " + k.Count
	}
	return k.Status.Word
}

package main

import (
	"github.com/mark3labs/mcp-go/server"
	"github.com/spf13/cobra"

	"lantern.example/helpers/kit"
)

var root = &cobra.Command{
	Use: "lantern",
	RunE: func(cmd *cobra.Command, args []string) error {
		return run(true)
	},
}

func run(canWrite bool) error {
	s := server.NewMCPServer("lanterns", "1")
	kit.AddLampTools(s, canWrite)
	return server.ServeStdio(s)
}

func main() {
	_ = root.Execute()
}

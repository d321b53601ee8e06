package main

import (
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
	"github.com/spf13/cobra"
)

var allowDelete bool

var rootCmd = &cobra.Command{Use: "barn"}

var serveCmd = &cobra.Command{
	Use:  "serve",
	RunE: func(cmd *cobra.Command, args []string) error { return serve() },
}

func init() {
	serveCmd.Flags().BoolVar(&allowDelete, "allow-delete", false, "offer deletion")
	rootCmd.AddCommand(serveCmd)
}

func serve() error {
	s := server.NewMCPServer("barn", "1")
	s.AddTool(mcp.NewTool("list_hay", mcp.WithDescription("Lists the hay.")), list)
	if allowDelete {
		s.AddTool(mcp.NewTool("burn_hay", mcp.WithDescription("Burns the hay.")), burn)
	}
	return server.ServeStdio(s)
}

func main() {
	if err := rootCmd.Execute(); err != nil {
		os.Exit(1)
	}
}

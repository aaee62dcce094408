// The language server's process. All that it does is in server.ts.
export {};

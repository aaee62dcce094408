// Activation: builds the parts, and hands them over to VS Code.
export {};

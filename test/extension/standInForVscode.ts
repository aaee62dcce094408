// So much of `vscode` that an extension can be activated without an editor: everything that is asked for is
// there, can be called, constructed and extended, and answers with more of the same.

export interface StandIn {
  readonly module: unknown;
  readonly context: object;
  /** The names of the functions that were called. */
  called(): readonly string[];
}

export function standInForVscode(): StandIn {
  const called = new Set<string>();
  const anything = (name: string): object => {
    const standIn: object = new Proxy(class {}, {
      get: (target, key) => {
        if (key === 'prototype') return target.prototype;
        if (key === Symbol.iterator) return () => [][Symbol.iterator]();
        if (key === Symbol.toPrimitive) return () => name;
        // The client looks whether the editor is new enough.
        if (key === 'version') return '1.139.1';
        // A promise that never settles would be awaited, and this is none.
        if (key === 'then') return undefined;
        return anything(String(key));
      },
      // What an extension gives to a status bar item or a view is taken.
      set: () => true,
      apply: () => {
        called.add(name);
        return anything(name);
      },
      // A class that extends one of these keeps its own methods.
      construct: (_target, parameters, newTarget) =>
        newTarget === standIn
          ? anything(name)
          : (Reflect.construct(Object, parameters, newTarget) as object),
    });
    return standIn;
  };
  return {
    module: anything('vscode'),
    context: { subscriptions: [], extensionPath: '/extension', asAbsolutePath: String },
    called: () => [...called],
  };
}

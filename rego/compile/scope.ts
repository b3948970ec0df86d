import type { Location } from '../errors.ts';

/** Variables of one body. A nested body sees what the bodies around it have declared. */
export class Scope {
  private readonly declared = new Map<string, Declared>();
  private readonly referenced = new Set<string>();
  private readonly parent: Scope | undefined;
  readonly frame: Frame;

  private readonly isOfArguments: boolean;

  constructor(frame: Frame, parent?: Scope, isOfArguments = false) {
    this.frame = frame;
    this.parent = parent;
    this.isOfArguments = isOfArguments;
  }

  /** The variables that stand among the arguments of a rule. */
  static ofArguments(frame: Frame): Scope {
    return new Scope(frame, undefined, true);
  }

  nested(): Scope {
    return new Scope(this.frame, this);
  }

  /** Declares a variable here; undefined when this body already has one of the name. */
  declare(name: string, location: Location, mustBeUsed: boolean): Declared | undefined {
    if (this.declared.has(name)) return undefined;
    const how = mustBeUsed ? 'declared' : 'assigned';
    const declared: Declared = { id: this.frame.register(), location, name, how, used: !mustBeUsed };
    this.declared.set(name, declared);
    return declared;
  }

  /** How the name came to be declared in this very body. */
  declaration(name: string): 'declared' | 'assigned' {
    return this.declared.get(name)?.how ?? 'declared';
  }

  /** True in the body of a rule for a name of its arguments. */
  isArgument(name: string): boolean {
    return this.parent?.isOfArguments === true && this.parent.declared.has(name);
  }

  /** True when this very body has used the name before it was declared. */
  hasReferenced(name: string): boolean {
    return this.referenced.has(name);
  }

  find(name: string): number | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const declared = scope.declared.get(name);
      if (declared !== undefined) {
        declared.used = true;
        return declared.id;
      }
    }
    return undefined;
  }

  /** The register of a name that nobody declared: one for the whole rule. */
  implicit(name: string): number {
    this.referenced.add(name);
    return this.frame.implicit(name);
  }

  unused(): Declared[] {
    return [...this.declared.values()].filter(({ used }) => !used);
  }
}

export interface Declared {
  readonly id: number;
  readonly name: string;
  readonly location: Location;
  readonly how: 'declared' | 'assigned';
  used: boolean;
}

/** The registers of one rule. Register 0 holds the result. */
export class Frame {
  private count = 1;
  private readonly names = new Map<string, number>();

  register(): number {
    this.count += 1;
    return this.count - 1;
  }

  implicit(name: string): number {
    let id = this.names.get(name);
    if (id === undefined) {
      id = this.register();
      this.names.set(name, id);
    }
    return id;
  }

  /** Undeclared names of another branch of the rule are other variables. */
  forgetImplicit(): void {
    this.names.clear();
  }

  size(): number {
    return this.count;
  }
}

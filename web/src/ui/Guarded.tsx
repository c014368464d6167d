import { Component, type ReactNode } from "react";

interface Props {
  /** What is shown when a part below has failed. */
  instead: ReactNode;
  children: ReactNode;
}

/** Keeps one part's failure from blanking the whole screen. */
export class Guarded extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}

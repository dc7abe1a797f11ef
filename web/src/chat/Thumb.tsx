/** A thumb, up or down; what it means is said by the button around it. */
export function Thumb({ isDown = false }: { isDown?: boolean }) {
  return (
    <svg
      className={isDown ? "thumb down" : "thumb"}
      viewBox="0 0 24 24"
      width="18"
      height="18"
      aria-hidden="true"
    >
      <path d="M3 10h4v11H3zM7 11l4-8c1.6 0 2.6 1 2.6 2.6V9h5.2c1.4 0 2.4 1.2 2.1 2.6l-1.5 7c-.2 1.4-1.2 2.4-2.6 2.4H7" />
    </svg>
  );
}
